/** Modbus masters and servers that nobody here wrote. */
@NullMarked
package dev.bumpless.router.modbus.interop;

import org.jspecify.annotations.NullMarked;
