package dev.bumpless.ledger.modbus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How a master works. */
enum Habit {
  /** One register at a time, one request at a time. */
  SINGLE(1, 1) {
    @Override
    List<Access> writes(Plant plant, int master, int number) {
      return List.of(plant.writeOwn(false, master, number % Plant.OWN, List.of(number & 0xFFFF)));
    }

    @Override
    List<Access> reads(Plant plant, int master, int number) {
      return List.of(plant.readOwn(false, master, number % Plant.OWN, 1));
    }
  },

  /** Several registers by one request. */
  BLOCK(1, 1) {
    @Override
    List<Access> writes(Plant plant, int master, int number) {
      List<Integer> values = new ArrayList<>();
      for (int i = 0; i < Plant.OWN; i++) {
        values.add((number * 31 + i) & 0xFFFF);
      }
      return List.of(plant.writeOwn(false, master, 0, values));
    }

    @Override
    List<Access> reads(Plant plant, int master, int number) {
      return List.of(plant.readOwn(false, master, 0, Plant.OWN));
    }
  },

  /** One coil, and then all of them. */
  COILS(1, 1) {
    @Override
    List<Access> writes(Plant plant, int master, int number) {
      return number % 2 == 0
          ? List.of(plant.writeOwn(true, master, number % Plant.OWN, List.of(number / 2 % 2)))
          : List.of(
              plant.writeOwn(true, master, 0, Collections.nCopies(Plant.OWN, number / 2 % 2)));
    }

    @Override
    List<Access> reads(Plant plant, int master, int number) {
      return List.of(plant.readOwn(true, master, 0, Plant.OWN));
    }
  },

  /** Eight requests at a time. */
  PIPELINED(8, 2) {
    @Override
    List<Access> writes(Plant plant, int master, int number) {
      List<Access> writes = new ArrayList<>();
      for (int i = 0; i < Plant.OWN; i++) {
        writes.add(plant.writeOwn(false, master, i, List.of((number * 17 + i) & 0xFFFF)));
      }
      return writes;
    }

    @Override
    List<Access> reads(Plant plant, int master, int number) {
      List<Access> reads = new ArrayList<>();
      for (int i = 0; i < Plant.OWN; i++) {
        reads.add(plant.readOwn(false, master, i, 1));
      }
      return reads;
    }
  },

  /** Seldom: its connection is idle most of the time. */
  SPARSE(1, 20) {
    @Override
    List<Access> writes(Plant plant, int master, int number) {
      return SINGLE.writes(plant, master, number);
    }

    @Override
    List<Access> reads(Plant plant, int master, int number) {
      return SINGLE.reads(plant, master, number);
    }
  };

  private final int window;
  private final int pauses;

  Habit(int window, int pauses) {
    this.window = window;
    this.pauses = pauses;
  }

  /** Requests that are under way at a time. */
  int window() {
    return window;
  }

  /** Pauses between two rounds. */
  int pauses() {
    return pauses;
  }

  abstract List<Access> writes(Plant plant, int master, int number);

  /** Of what {@link #writes} wrote. */
  abstract List<Access> reads(Plant plant, int master, int number);
}
