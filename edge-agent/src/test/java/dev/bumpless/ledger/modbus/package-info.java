/**
 * The write ledger: eight Modbus masters that write and read back, and a book of what each register
 * may hold, so that a swap which loses a write, brings an old value back, or mixes up answers is
 * seen. Entry class: {@link dev.bumpless.ledger.modbus.WriteLedger}. Plain JDK, nothing else of
 * this project: it judges the product and shares no code with it.
 *
 * <p><b>What a register may hold.</b> A write that has begun may be there from then on; once it is
 * acknowledged, what was acknowledged before it began may not be there any more; and once it was
 * read, nothing older may be read again. That holds for one writer and for several, with requests
 * under way at the same time. A read of anything else is a loss.
 *
 * <p><b>What else counts.</b> Every exception, every request without an answer in time, every
 * answer under another id, unit or function, every connection that ended, every counter that went
 * back.
 */
@NullMarked
package dev.bumpless.ledger.modbus;

import org.jspecify.annotations.NullMarked;
