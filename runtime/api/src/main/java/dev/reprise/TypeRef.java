package dev.reprise;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Carries a generic type at run time: {@code new TypeRef<List<Order>>() {}}.
 *
 * @param <T> the type carried
 */
public abstract class TypeRef<T> {
  private final Type type;

  /** To be called by an anonymous subclass only; otherwise {@link IllegalStateException}. */
  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
      throw new IllegalStateException(
          "TypeRef needs a type argument: new TypeRef<List<Order>>() {}");
    }
    this.type = parameterized.getActualTypeArguments()[0];
  }

  /** The type carried. */
  public final Type type() {
    return type;
  }
}
