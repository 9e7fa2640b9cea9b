package dev.waitok.examples.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads one of a few words, as they spell themselves. An option names a subclass for its enum.
 *
 * @param <E> the values
 */
public abstract class Choice<E> implements ITypeConverter<E> {
  private final List<E> values;

  /**
   * A choice.
   *
   * @param values whose words are accepted
   */
  protected Choice(E[] values) {
    this.values = Arrays.asList(values);
  }

  @Override
  public final E convert(String word) {
    for (E value : values) {
      if (value.toString().equals(word)) {
        return value;
      }
    }
    throw new TypeConversionException("'" + word + "' is not accepted; it is one of " + values);
  }
}
