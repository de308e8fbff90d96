package dev.reprise.samples.shop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a customer asks for.
 *
 * @param lines at least one
 * @param card what the payment provider is to charge; null for the card it has on file
 */
public record Order(
    String customer, List<Line> lines, @Nullable String card) {}
