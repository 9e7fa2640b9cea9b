package dev.waitok.examples.memcached;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** The name of an item: 1 to 250 bytes. */
final class Key {
  static final int LONGEST = 250;

  private final byte[] bytes;
  private final int hash;

  private Key(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** A key of the text protocol: no blanks or controls in it, as a line was split at them. */
  static Key of(String token) {
    return checked(token.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A key of the binary protocol. */
  static Key of(byte[] bytes) {
    return checked(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** A key that a meta command gives in base64. */
  static Key ofBase64(String token) {
    try {
      return checked(Base64.getDecoder().decode(token));
    } catch (IllegalArgumentException e) {
      throw new Refused("CLIENT_ERROR error decoding key", e);
    }
  }

  private static Key checked(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > LONGEST) {
      throw new Refused("CLIENT_ERROR bad command line format");
    }
    return new Key(bytes);
  }

  int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** As the text protocol writes it. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
