package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Reads many files on all cores, and still reports the same broken one every time. */
final class OrderedParallel {

    private OrderedParallel() {}

    /** Calls {@code read} for each item, in parallel, and returns the results in order; the first failure is thrown. */
    static <T, R> List<R> map(List<T> items, Function<T, R> read) {
        int count = items.size();
        AtomicReferenceArray<RequestException> failures = new AtomicReferenceArray<>(count);
        List<Optional<R>> results = IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> {
                    try {
                        return Optional.of(read.apply(items.get(i)));
                    } catch (RequestException e) {
                        failures.set(i, e);
                        return Optional.<R>empty();
                    }
                })
                .toList();
        for (int i = 0; i < count; i++) {
            RequestException failure = failures.get(i);
            if (failure != null) {
                throw failure;
            }
        }
        return results.stream().map(Optional::orElseThrow).toList();
    }
}
