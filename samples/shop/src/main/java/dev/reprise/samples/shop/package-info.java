/**
 * The running example of Li and Kraft, "Transactions and Serverless are Made for Each Other" (ACM Queue, 2024): a
 * checkout that reserves the inventory of an order, takes the payment, and marks the order ready to fulfil. Where
 * something fails, everything before it is undone.
 */
@NullMarked
package dev.reprise.samples.shop;

import org.jspecify.annotations.NullMarked;
