/**
 * Who is fed: the persisted route table and the gate that every request passes. {@link
 * dev.bumpless.router.table.RouteTable} is the entry for whoever commands, {@link
 * dev.bumpless.router.table.Gate} for whoever carries requests. Knows no protocol and no Netty.
 */
@NullMarked
package dev.bumpless.router.table;

import org.jspecify.annotations.NullMarked;
