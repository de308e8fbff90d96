package dev.reprise.samples.shop;

/**
 * What is sold.
 *
 * @param price in cents
 * @param stock how many can still be ordered
 */
public record Item(String item, long price, int stock) {}
