package dev.reprise.samples.purchasing;

/** What an approver says, as a message of the topic {@link Approval#DECISION}. */
public record Decision(boolean approved, String by) {}
