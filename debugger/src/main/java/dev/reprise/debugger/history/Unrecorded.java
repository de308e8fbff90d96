package dev.reprise.debugger.history;

/** A table of the application whose rows are not recorded, why, and what to do about it. */
public record Unrecorded(String schema, String name, String reason, String remedy) {}
