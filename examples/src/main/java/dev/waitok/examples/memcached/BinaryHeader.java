package dev.waitok.examples.memcached;

import java.nio.ByteBuffer;

/**
 * The head of a request in the binary protocol.
 *
 * @param opcode what is asked for
 * @param keyLength in bytes
 * @param extrasLength in bytes
 * @param bodyLength of extras, key and value together
 * @param opaque comes back with the answer
 * @param cas of the value that is to be changed, or 0
 */
record BinaryHeader(
    int opcode, int keyLength, int extrasLength, long bodyLength, int opaque, long cas) {
  static final byte REQUEST = (byte) 0x80;
  static final int LENGTH = 24;

  private static final byte ANSWER = (byte) 0x81;

  static BinaryHeader of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new BinaryHeader(
        in.get(1) & 0xff,
        in.getShort(2) & 0xffff,
        in.get(4) & 0xff,
        in.getInt(8) & 0xffff_ffffL,
        in.getInt(12),
        in.getLong(16));
  }

  /** Whether a change is answered only if it fails; gets have their own. */
  boolean isQuiet() {
    return opcode >= 0x11 && opcode <= 0x1a;
  }

  long valueLength() {
    return bodyLength - keyLength - extrasLength;
  }

  /** The head of an answer to it, and what stands before the value. */
  byte[] answer(int status, long newCas, byte[] extras, byte[] key, int valueLength) {
    return ByteBuffer.allocate(LENGTH + extras.length + key.length)
        .put(ANSWER)
        .put((byte) opcode)
        .putShort((short) key.length)
        .put((byte) extras.length)
        .put((byte) 0)
        .putShort((short) status)
        .putInt(extras.length + key.length + valueLength)
        .putInt(opaque)
        .putLong(newCas)
        .put(extras)
        .put(key)
        .array();
  }
}
