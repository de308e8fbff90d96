package dev.reprise.samples.purchasing;

/**
 * What somebody wants to buy.
 *
 * @param approver who has to agree
 * @param amount in cents
 */
public record PurchaseOrder(String requester, String approver, String item, long amount) {}
