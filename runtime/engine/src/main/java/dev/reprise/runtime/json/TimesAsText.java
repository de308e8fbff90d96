package dev.reprise.runtime.json;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;

/** Refuses numbers and arrays for {@code java.time}, which Jackson would take for epochs and fields. */
final class TimesAsText extends ValueDeserializerModifier {
  private static final long serialVersionUID = 1L;
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9.]+");
  private static final Set<Class<?>> TIMES = Set.of(
      Instant.class,
      OffsetDateTime.class,
      ZonedDateTime.class,
      LocalDateTime.class,
      LocalDate.class,
      LocalTime.class,
      OffsetTime.class,
      Duration.class);

  @Override
  public ValueDeserializer<?> modifyDeserializer(
      DeserializationConfig config,
      BeanDescription.Supplier description,
      ValueDeserializer<?> deserializer) {
    var type = description.getBeanClass();
    return TIMES.contains(type) ? new TextOnly(type, deserializer) : deserializer;
  }

  private static final class TextOnly extends DelegatingDeserializer {
    private final Class<?> type;

    TextOnly(Class<?> type, ValueDeserializer<?> delegate) {
      super(delegate);
      this.type = type;
    }

    @Override
    protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
      return new TextOnly(type, delegate);
    }

    @Override
    public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
      if (!parser.hasToken(JsonToken.VALUE_STRING)
          || NUMBER.matcher(parser.getString()).matches()) {
        return context.reportInputMismatch(type, "not text");
      }
      return super.deserialize(parser, context);
    }
  }
}
