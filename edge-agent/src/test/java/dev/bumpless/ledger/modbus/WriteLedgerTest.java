package dev.bumpless.ledger.modbus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The rule of what a register may hold. */
class WriteLedgerTest {
  private final Cell cell = new Cell("register 7");

  private String read(int value) {
    return cell.saw(cell.read(), value);
  }

  private void write(int value) {
    cell.acknowledged(cell.begin(value));
  }

  @Test
  void anything_may_be_there_before_the_first_write() {
    assertThat(read(4711)).isEmpty();
  }

  @Test
  void what_was_acknowledged_has_to_be_there() {
    write(1);
    write(2);
    assertThat(read(2)).isEmpty();
    assertThat(read(1)).isEqualTo("register 7 holds 1 where it may hold [2]");
    assertThat(read(0)).contains("holds 0");
  }

  @Test
  void a_write_that_has_begun_may_be_there_or_not() {
    write(1);
    Cell.Write second = cell.begin(2);
    assertThat(read(1)).isEmpty();
    assertThat(read(2)).isEmpty();
    assertThat(read(1)).as("after 2 was read").contains("holds 1");
    cell.acknowledged(second);
    assertThat(read(2)).isEmpty();
  }

  @Test
  void a_write_without_an_answer_may_be_there_at_any_time() {
    write(1);
    cell.begin(2);
    assertThat(read(1)).isEmpty();
    write(3);
    assertThat(read(3)).isEmpty();
    assertThat(read(2)).isEmpty();
    assertThat(read(1)).contains("holds 1");
  }

  @Test
  void a_read_may_see_what_is_written_meanwhile() {
    write(1);
    Cell.Reading reading = cell.read();
    write(2);
    assertThat(cell.saw(reading, 1)).isEmpty();
    Cell.Reading other = cell.read();
    write(3);
    assertThat(cell.saw(other, 3)).isEmpty();
    assertThat(read(2)).contains("holds 2");
  }

  @Test
  void either_of_two_writes_at_once_may_have_come_last() {
    Cell.Write first = cell.begin(1);
    Cell.Write second = cell.begin(2);
    cell.acknowledged(second);
    cell.acknowledged(first);
    Cell.Reading reading = cell.read();
    assertThat(cell.saw(reading, 1)).isEmpty();
    assertThat(read(2)).isEmpty();
    write(3);
    assertThat(read(2)).contains("holds 2");
  }

  @Test
  void a_counter_does_not_go_back_but_round() {
    Counter counter = new Counter("counter 1");
    assertThat(counter.saw(counter.read(), 65_535)).isEmpty();
    assertThat(counter.saw(counter.read(), 3)).isEmpty();
    assertThat(counter.saw(counter.read(), 2)).isEqualTo("counter 1 went from 3 to 2");
  }
}
