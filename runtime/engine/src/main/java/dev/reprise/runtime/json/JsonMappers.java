package dev.reprise.runtime.json;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/** The one configuration of Jackson: strict when reading, exact when writing, no class names in data. */
final class JsonMappers {
  /** Objects and arrays within each other. Less may be written than read: what was written goes into other objects. */
  private static final int MAX_DEPTH = 500;

  private static final int MAX_DEPTH_WRITTEN = MAX_DEPTH - 10;
  private static final int MAX_STRING_LENGTH = 100_000_000;
  private static final int MAX_NUMBER_LENGTH = 10_000;

  private JsonMappers() {}

  /** A mapper with caches of its own: a class loader whose classes it has seen lives as long as it. */
  static JsonMapper strict() {
    return builder().build();
  }

  /** A mapper for JSON that has no Java type: properties keep their order. */
  static JsonMapper plain() {
    return builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();
  }

  private static JsonMapper.Builder builder() {
    return JsonMapper.builder(factory())
        .enable(
            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
            DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(
            DeserializationFeature.ACCEPT_FLOAT_AS_INT,
            // the end is checked where text is read, for an error of its own
            DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(
            MapperFeature.SORT_PROPERTIES_ALPHABETICALLY,
            // getters that nothing can set (isEmpty, getTotal) would be written and then refused
            MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY,
            MapperFeature.REQUIRE_SETTERS_FOR_GETTERS)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
        .disable(
            DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS,
            DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
            DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
            DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID,
            DateTimeFeature.ALWAYS_ALLOW_STRINGIFIED_DATE_TIMESTAMPS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .defaultLeniency(false)
        .withCoercionConfigDefaults(coercion -> coercion
            .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
            .setCoercion(CoercionInputShape.EmptyArray, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.Textual,
            coercion -> coercion
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.DateTime,
            coercion -> coercion
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
        .annotationIntrospector(new PrimitivesRequired())
        .addModule(new SimpleModule("reprise")
            .setDeserializerModifier(new TimesAsText())
            .setSerializerModifier(new SetsInOrder()))
        .deactivateDefaultTyping()
        .polymorphicTypeValidator(new NoClassNames());
  }

  private static JsonFactory factory() {
    return JsonFactory.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(MAX_STRING_LENGTH)
            .maxNumberLength(MAX_NUMBER_LENGTH)
            .build())
        .streamWriteConstraints(
            StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH_WRITTEN).build())
        .build();
  }
}
