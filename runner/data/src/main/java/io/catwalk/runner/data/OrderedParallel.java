package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads many files on all cores, and still reports the same broken one every time. */
final class OrderedParallel {

    private OrderedParallel() {}

    /** Calls {@code read} for each item, in parallel; returns the results in order, or throws the first failure. */
    static <T, R> List<R> map(List<T> items, Function<T, R> read) {
        List<Supplier<R>> results = items.parallelStream()
                .<Supplier<R>>map(item -> {
                    try {
                        R result = read.apply(item);
                        return () -> result;
                    } catch (RequestException e) {
                        return () -> {
                            throw e;
                        };
                    }
                })
                .toList();
        return results.stream().map(Supplier::get).toList();
    }
}
