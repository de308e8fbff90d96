package dev.reprise.debugger.replay;

import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationRow;
import java.util.List;

/** An execution with the code that ran it and its log. */
public record Script(Application application, ExecutionRow row, List<OperationRow> log) {}
