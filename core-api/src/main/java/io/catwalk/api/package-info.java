/**
 * Contract between the program and a classifier plugin: the interface that a plugin implements, the types that it uses,
 * and common layers.
 */
@NullMarked
package io.catwalk.api;

import org.jspecify.annotations.NullMarked;
