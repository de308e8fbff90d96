package dev.reprise.runtime.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/** Makes a primitive of a constructor required: absent, it would silently be 0 or false. */
final class PrimitivesRequired extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1L;

  @Override
  public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
    var declared = super.hasRequiredMarker(config, member);
    boolean isPrimitive =
        member instanceof AnnotatedParameter && member.getRawType().isPrimitive();
    return (declared == null && isPrimitive) ? Boolean.TRUE : declared;
  }
}
