package dev.reprise.architecture;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Looks a Java file over. What it finds is excused by a comment {@code // tidy: why} on the same line or on the one
 * before; a file that is too long is found at its first type.
 */
final class TidyRules extends TreePathScanner<@Nullable Void, @Nullable Void> {
  static final int MAX_FILE = 400;
  static final int MAX_METHOD = 60;
  static final int MAX_PARAMETERS = 7;

  private static final Pattern EXCUSE = Pattern.compile("// tidy: \\S");
  private static final Pattern UNNAMED_WORK =
      Pattern.compile("(//|/\\*|^\\s*\\*).*\\b(TODO|FIXME)\\b"); // tidy: this is the rule
  private static final Pattern SLEEPERS =
      Pattern.compile("(java\\.lang\\.)?Thread|.*TimeUnit\\..*");

  private final String file;
  private final List<String> lines;
  private final SourcePositions positions;
  private final CompilationUnitTree unit;
  private final List<String> findings = new ArrayList<>();

  private TidyRules(JavaSource source, SourcePositions positions, CompilationUnitTree unit) {
    this.file = source.file();
    this.lines = source.text().lines().toList();
    this.positions = positions;
    this.unit = unit;
  }

  /** What is untidy in a file, as {@code file:line: what}. */
  static List<String> findings(JavaSource source) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var text =
        new SimpleJavaFileObject(
            URI.create("string:///" + source.file()), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source.text();
          }
        };
    var task = (JavacTask)
        compiler.getTask(null, null, diagnostic -> {}, List.of("-proc:none"), null, List.of(text));
    var positions = Trees.instance(task).getSourcePositions();
    var findings = new ArrayList<String>();
    for (var unit : task.parse()) {
      var rules = new TidyRules(source, positions, unit);
      rules.scan(unit, null);
      rules.scanText();
      findings.addAll(rules.findings);
    }
    return findings;
  }

  private void scanText() {
    if (lines.size() > MAX_FILE) {
      long first = unit.getTypeDecls().isEmpty() ? 1 : line(unit.getTypeDecls().get(0));
      find(first, "the file has " + lines.size() + " lines; is it one thing?");
    }
    for (int i = 0; i < lines.size(); i++) {
      if (UNNAMED_WORK.matcher(lines.get(i)).find()) {
        find(i + 1L, "work is left without a name");
      }
    }
  }

  @Override
  public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
    long length = endLine(method) - line(method) + 1;
    if (length > MAX_METHOD) {
      find(line(method), method.getName() + " has " + length + " lines");
    }
    if (method.getReturnType() == null
        && !isRecord(getCurrentPath().getParentPath().getLeaf())
        && method.getParameters().size() > MAX_PARAMETERS) {
      find(line(method), "the constructor has " + method.getParameters().size() + " parameters");
    }
    return super.visitMethod(method, null);
  }

  private static boolean isRecord(Tree type) {
    return type instanceof ClassTree && type.getKind() == Tree.Kind.RECORD;
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void nothing) {
    if (call.getMethodSelect() instanceof MemberSelectTree select) {
      if (select.getIdentifier().contentEquals("sleep")
          && SLEEPERS.matcher(select.getExpression().toString()).matches()) {
        find(line(call), "it sleeps; wait for a signal");
      }
      if (select.getIdentifier().contentEquals("printStackTrace")) {
        find(line(call), "it prints a stack trace; log it");
      }
    }
    return super.visitMethodInvocation(call, null);
  }

  @Override
  public @Nullable Void visitThrow(ThrowTree statement, @Nullable Void nothing) {
    if (statement.getExpression() instanceof NewClassTree thrown
        && thrown.getIdentifier().toString().matches("(java\\.lang\\.)?RuntimeException")) {
      find(line(statement), "it throws a RuntimeException; throw one that has a name");
    }
    return super.visitThrow(statement, null);
  }

  @Override
  public @Nullable Void visitAnnotation(AnnotationTree annotation, @Nullable Void nothing) {
    if (annotation.getAnnotationType().toString().matches("(.*\\.)?Disabled")) {
      find(line(annotation), "the test is switched off");
    }
    return super.visitAnnotation(annotation, null);
  }

  private void find(long line, String what) {
    if (!isExcused(line) && !isExcused(line - 1)) {
      findings.add(file + ":" + line + ": " + what);
    }
  }

  private boolean isExcused(long line) {
    return line >= 1
        && line <= lines.size()
        && EXCUSE.matcher(lines.get((int) line - 1)).find();
  }

  private long line(Tree tree) {
    return lineMap().getLineNumber(positions.getStartPosition(unit, tree));
  }

  private long endLine(Tree tree) {
    return lineMap().getLineNumber(positions.getEndPosition(unit, tree));
  }

  private LineMap lineMap() {
    return unit.getLineMap();
  }
}
