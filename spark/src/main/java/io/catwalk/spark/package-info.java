/**
 * Runs trials as jobs of Apache Spark. It needs Java and Spark and nothing else of Catwalk, so that no library of the one meets
 * one of the other: a trial is the program {@code catwalk work} in a process of its own.
 */
@NullMarked
package io.catwalk.spark;

import org.jspecify.annotations.NullMarked;
