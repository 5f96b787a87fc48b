/**
 * Runs trials as jobs of Apache Spark. It depends only on Java and Spark, and on no other part of Catwalk, so that
 * their libraries cannot conflict: trials run in separate processes of the program {@code catwalk work}.
 */
@NullMarked
package io.catwalk.spark;

import org.jspecify.annotations.NullMarked;
