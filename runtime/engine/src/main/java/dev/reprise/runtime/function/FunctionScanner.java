package dev.reprise.runtime.function;

import dev.reprise.Function;
import dev.reprise.Param;
import dev.reprise.RegistrationException;
import dev.reprise.runtime.json.JsonCodec;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the functions of a class and refuses what cannot be made durable, with an error that names the method and the
 * remedy. Annotated methods of superclasses are functions of the class too.
 */
public final class FunctionScanner {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  private final JsonCodec codec;
  private final @Nullable String version;

  /**
   * For the functions of a deployment.
   *
   * @param codec knows which types can be recorded
   * @param version null where executions are not pinned
   */
  public FunctionScanner(JsonCodec codec, @Nullable String version) {
    this.codec = codec;
    this.version = version;
  }

  /**
   * The functions of a class, by name.
   *
   * @throws RegistrationException naming the class or method and the remedy, of each mistake
   */
  public List<FunctionDefinition> scan(Class<?> type) {
    var mistakes = new Mistakes();
    var functions = scan(type, mistakes);
    mistakes.requireNone();
    return functions;
  }

  /** The same; what is wrong is noted. */
  List<FunctionDefinition> scan(Class<?> type, Mistakes mistakes) {
    boolean fits = mistakes.passes(() -> ClassRules.check(type));
    var functions = new ArrayList<FunctionDefinition>();
    var methods = new HashMap<String, Method>();
    var annotated = new ArrayList<Method>();
    fits &= mistakes.passes(() -> annotated.addAll(AnnotatedMethods.of(type)));
    for (var method : annotated) {
      var unused = mistakes.passes(() -> functions.add(checked(type, method, methods)));
    }
    if (fits && annotated.isEmpty()) {
      mistakes.add(new RegistrationException(Labels.of(type)
          + " has no function: annotate a public method with @Transaction, @Step or @Workflow"));
    }
    functions.sort(Comparator.comparing(FunctionDefinition::name));
    return List.copyOf(functions);
  }

  private FunctionDefinition checked(Class<?> type, Method method, Map<String, Method> others) {
    MethodRules.check(type, method, codec);
    var function = define(type, method);
    var other = others.put(function.name(), method);
    if (other != null) {
      throw new RegistrationException(
          Labels.of(type, method) + " and " + Labels.of(type, other)
              + " are both called " + function.name()
              + ": functions have no overloads, rename one of them or its function with @Function(\"name\")");
    }
    return function;
  }

  private FunctionDefinition define(Class<?> type, Method method) {
    try {
      var function = new FunctionDefinition(
          name(type, method), Policies.of(method), method, parameters(method), version);
      Schedule.check(type, method, function.policy(), function.name());
      return function;
    } catch (IllegalArgumentException e) {
      throw Labels.refuse(Labels.of(type, method) + " cannot be a function: " + e.getMessage(), e);
    }
  }

  private static String name(Class<?> type, Method method) {
    var ofMethod = method.getAnnotation(Function.class);
    var ofClass = type.getAnnotation(Function.class);
    var name = ofMethod != null
        ? ofMethod.value()
        : (ofClass != null ? ofClass.value() : type.getSimpleName()) + "." + method.getName();
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("its name is \"" + name
          + "\": a name has 1-200 characters of [A-Za-z0-9._-], set one with @Function(\"name\")");
    }
    return name;
  }

  private static List<Parameter> parameters(Method method) {
    var parameters = new ArrayList<Parameter>();
    var names = new HashSet<String>();
    var types = method.getGenericParameterTypes();
    for (int i = 0; i < types.length; i++) {
      var declared = method.getParameters()[i];
      var given = declared.getAnnotation(Param.class);
      var name =
          given != null ? given.value() : declared.isNamePresent() ? declared.getName() : null;
      if (name != null && !names.add(name)) {
        throw new IllegalArgumentException("two of its parameters are called " + name);
      }
      parameters.add(new Parameter(name, types[i]));
    }
    return List.copyOf(parameters);
  }
}
