/** State that is carried between two servers over real sockets. */
@NullMarked
package dev.bumpless.router.modbus.state;

import org.jspecify.annotations.NullMarked;
