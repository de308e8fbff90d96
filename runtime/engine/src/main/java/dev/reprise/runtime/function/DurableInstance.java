package dev.reprise.runtime.function;

import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a generated subclass.
 *
 * @param bodies the authors' methods by function name
 */
record DurableInstance(Object instance, Map<String, Interceptor.Body> bodies) {
  /** Makes an instance by the public constructor of the class. */
  static DurableInstance create(
      Class<?> type,
      List<FunctionDefinition> functions,
      List<Object> injected,
      Interceptor interceptor) {
    var methods = intercepted(functions, interceptor);
    var generated = GeneratedSubclass.of(type, methods);
    var instance = construct(type, generated, injected);
    return open(
        instance,
        methods,
        method -> AuthorMethods.ofSuperclass(instance, type, method.function().method()));
  }

  /** Makes an instance whose functions are those of a stub; no constructor of the class runs. */
  static DurableInstance stubbed(
      Class<?> type, List<FunctionDefinition> functions, Object stub, Interceptor interceptor) {
    var methods = intercepted(functions, interceptor);
    var generated = GeneratedSubclass.of(type, methods);
    return open(
        WithoutConstructor.create(generated),
        methods,
        method -> AuthorMethods.ofStub(stub, type, method.function().method()));
  }

  private static List<InterceptedMethod> intercepted(
      List<FunctionDefinition> functions, Interceptor interceptor) {
    return functions.stream()
        .map(function -> new InterceptedMethod(function, interceptor))
        .toList();
  }

  private static DurableInstance open(
      Object instance,
      List<InterceptedMethod> methods,
      java.util.function.Function<InterceptedMethod, Interceptor.Body> bodyOf) {
    var bodies = new HashMap<String, Interceptor.Body>();
    methods.forEach(method -> bodies.put(method.function().name(), bodyOf.apply(method)));
    methods.forEach(method -> {
      var body = bodies.get(method.function().name());
      if (body != null) {
        method.open(body);
      }
    });
    return new DurableInstance(instance, Map.copyOf(bodies));
  }

  private static Object construct(Class<?> type, Class<?> generated, List<Object> injected) {
    try {
      var constructor = generated.getConstructor(type.getConstructors()[0].getParameterTypes());
      return constructor.newInstance(injected.toArray());
    } catch (InvocationTargetException e) {
      @Nullable Throwable cause = e.getCause();
      throw Labels.refuse(
          "the constructor of " + Labels.of(type) + " failed: " + (cause == null ? e : cause),
          cause);
    } catch (ReflectiveOperationException e) {
      throw Labels.refuse(Labels.of(type) + " cannot be constructed", e);
    }
  }
}
