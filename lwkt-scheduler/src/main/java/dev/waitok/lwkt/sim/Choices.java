package dev.waitok.lwkt.sim;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;

/**
 * A list of choices as a token. Most choices are 0, the thread that runs goes on, so only the
 * others are written: how many zeros are before it, and what it is, as numbers of 7 bits a byte.
 */
final class Choices {
  private int[] taken = new int[64];
  private int size;

  Choices() {}

  void add(int choice) {
    if (size == taken.length) {
      taken = Arrays.copyOf(taken, 2 * size);
    }
    taken[size++] = choice;
  }

  int size() {
    return size;
  }

  /** The choice at a place; 0 beyond the end. */
  int get(int place) {
    return place < size ? taken[place] : 0;
  }

  String encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int zeros = 0;
    for (int i = 0; i < size; i++) {
      if (taken[i] == 0) {
        zeros++;
      } else {
        number(bytes, zeros);
        number(bytes, taken[i]);
        zeros = 0;
      }
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /** The list that a token stands for, without the zeros at its end. */
  static Choices decode(String token) {
    byte[] bytes = Base64.getUrlDecoder().decode(token);
    Choices choices = new Choices();
    int at = 0;
    boolean zeros = true;
    while (at < bytes.length) {
      int value = 0;
      int shift = 0;
      byte next;
      do {
        if (at == bytes.length || shift > 28) {
          throw new IllegalArgumentException("a number of the token has no end");
        }
        next = bytes[at++];
        value |= (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      if (zeros) {
        for (int i = 0; i < value; i++) {
          choices.add(0);
        }
      } else {
        choices.add(value);
      }
      zeros = !zeros;
    }
    if (!zeros) {
      throw new IllegalArgumentException("the token ends before its last choice");
    }
    return choices;
  }

  private static void number(ByteArrayOutputStream bytes, int value) {
    int rest = value;
    while (rest > 0x7f) {
      bytes.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes.write(rest);
  }
}
