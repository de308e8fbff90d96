package dev.reprise.runtime.function;

import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.UUID;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.scaffold.subclass.ConstructorStrategy;
import net.bytebuddy.implementation.InvocationHandlerAdapter;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Makes a subclass of a class of functions that overrides exactly its annotated methods, in the class's own loader and
 * package. Its name is random, so that several runtimes can wrap the same class.
 */
final class GeneratedSubclass {
  private GeneratedSubclass() {}

  /** The class, loaded; calls of an annotated method go to the one of {@code methods} that is about it. */
  static Class<?> of(Class<?> type, List<InterceptedMethod> methods) {
    DynamicType.Builder<?> builder = new ByteBuddy()
        .subclass(type, ConstructorStrategy.Default.IMITATE_SUPER_CLASS_PUBLIC)
        .name(type.getName() + "$Reprise$" + UUID.randomUUID().toString().replace("-", ""))
        .modifiers(Visibility.PUBLIC);
    for (int i = 0; i < methods.size(); i++) {
      var method = methods.get(i).function().method();
      builder = builder
          .method(ElementMatchers.named(method.getName())
              .and(ElementMatchers.takesArguments(method.getParameterTypes())))
          .intercept(InvocationHandlerAdapter.of(methods.get(i), "reprise$" + i));
    }
    try (var made = builder.make()) {
      var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
      return made.load(type.getClassLoader(), ClassLoadingStrategy.UsingLookup.of(lookup))
          .getLoaded();
    } catch (IllegalAccessException e) {
      throw Labels.refuse(
          Labels.of(type)
              + " is in a package that is closed to Reprise: open it in module-info.java",
          e);
    }
  }
}
