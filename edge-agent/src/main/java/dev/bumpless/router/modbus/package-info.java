/**
 * Modbus TCP between masters and instances, transaction by transaction: {@link
 * dev.bumpless.router.modbus.ModbusFront} is the entry. A master's connection ({@link
 * dev.bumpless.router.modbus.ModbusConnection}) stays open over swaps; it has up to so many {@link
 * dev.bumpless.router.modbus.Transaction}s as may be pipelined, and an {@link
 * dev.bumpless.router.modbus.Upstream} for each instance that they went to. All of them belong to
 * one event loop and are never locked. Numbers and codes are those of the Modbus Application
 * Protocol Specification V1.1b3 and the Modbus Messaging on TCP/IP Implementation Guide V1.0b.
 */
@NullMarked
package dev.bumpless.router.modbus;

import org.jspecify.annotations.NullMarked;
