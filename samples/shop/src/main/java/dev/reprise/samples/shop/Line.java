package dev.reprise.samples.shop;

/** So many of one item. */
public record Line(String item, int quantity) {}
