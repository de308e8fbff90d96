package dev.reprise.runtime.json;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.type.CollectionType;

/**
 * Lets a writer with the attribute {@link #CANONICAL} write the elements of sets sorted by their JSON text. Sets of
 * records with enums iterate in another order in every JVM.
 */
final class SetsInOrder extends ValueSerializerModifier {
  static final Object CANONICAL = "reprise.canonical";

  private static final long serialVersionUID = 1L;
  private static final JsonMapper TREES = new JsonMapper();

  @Override
  public ValueSerializer<?> modifyCollectionSerializer(
      SerializationConfig config,
      CollectionType type,
      BeanDescription.Supplier description,
      ValueSerializer<?> serializer) {
    return Set.class.isAssignableFrom(type.getRawClass()) ? new Ordered(serializer) : serializer;
  }

  private static final class Ordered extends ValueSerializer<Object> {
    private final ValueSerializer<Object> plain;

    @SuppressWarnings("unchecked") // Jackson calls it with values of the type it is for
    Ordered(ValueSerializer<?> plain) {
      this.plain = (ValueSerializer<Object>) plain;
    }

    @Override
    public ValueSerializer<?> createContextual(
        SerializationContext context, @Nullable BeanProperty property) {
      var contextual = context.handleSecondaryContextualization(plain, property);
      return contextual == plain ? this : new Ordered(contextual);
    }

    @Override
    public void serialize(Object set, JsonGenerator generator, SerializationContext context) {
      if (context.getAttribute(CANONICAL) == null) {
        plain.serialize(set, generator, context);
        return;
      }
      try (var buffer = context.bufferForValueConversion()) {
        plain.serialize(set, buffer, context);
        var elements = new ArrayList<JsonNode>();
        TREES.readTree(buffer.asParser()).forEach(elements::add);
        elements.sort(Comparator.comparing(JsonNode::toString));
        generator.writeStartArray();
        elements.forEach(generator::writeTree);
        generator.writeEndArray();
      }
    }

    @Override
    public void serializeWithType(
        Object set,
        JsonGenerator generator,
        SerializationContext context,
        TypeSerializer typeSerializer) {
      plain.serializeWithType(set, generator, context, typeSerializer);
    }

    @Override
    public boolean isEmpty(SerializationContext context, Object set) {
      return plain.isEmpty(context, set);
    }
  }
}
