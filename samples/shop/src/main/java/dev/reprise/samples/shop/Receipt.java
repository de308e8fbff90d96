package dev.reprise.samples.shop;

/**
 * What a customer gets.
 *
 * @param order the id of the order
 * @param total in cents
 * @param payment the payment provider's id of the charge
 */
public record Receipt(String order, long total, String payment) {}
