package dev.waitok.kmalloc;

/**
 * A free, or another use, of an address that is no live block of the type: a second free, an
 * address inside a block, one outside the arena, or another type's block. Nothing was changed.
 */
public final class InvalidFreeException extends KmallocException {
  private static final long serialVersionUID = 1L;

  InvalidFreeException(String message) {
    super(message);
  }
}
