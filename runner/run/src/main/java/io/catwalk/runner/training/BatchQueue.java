package io.catwalk.runner.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the batches of an epoch while the engine computes. There is one more batch than threads, so that each thread
 * fills one while the engine reads another. What a batch holds does not depend on which thread fills it, or when.
 */
final class BatchQueue implements AutoCloseable {

    private final EpochBatches batches;
    private final ExecutorService threads;
    private final Deque<BatchLoader.Batch> free = new ArrayDeque<>();
    private final Deque<Future<BatchLoader.Batch>> coming = new ArrayDeque<>();
    private BatchLoader.@Nullable Batch current;
    private int[] order = {};
    private IntFunction<? extends RandomGenerator> random = place -> {
        throw new IllegalStateException("no epoch has begun");
    };
    private int asked;

    /** Allocates the memory of all batches, and starts the threads. */
    BatchQueue(BatchLoader loader, EpochBatches batches, int threadCount) {
        this.batches = batches;
        threads = Executors.newFixedThreadPool(threadCount, task -> {
            Thread thread = new Thread(task, "batch-loader");
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i <= threadCount; i++) {
            free.add(loader.new Batch(batches.largest()));
        }
    }

    /**
     * Begins an epoch, after all batches of the previous one were taken.
     *
     * @param newOrder indices of the images; not changed until all batches were taken
     * @param newRandom returns, for any thread, the generator of the random changes of an image in this epoch, by its
     *     place in {@code newOrder}
     */
    void begin(int[] newOrder, IntFunction<? extends RandomGenerator> newRandom) {
        order = newOrder;
        random = newRandom;
        asked = 0;
        release();
    }

    /** Waits for the next batch, which is valid until the next call. */
    BatchLoader.Batch next() {
        release();
        try {
            BatchLoader.Batch batch = coming.remove().get();
            current = batch;
            return batch;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a batch was loaded", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TrainingException failure) {
                throw failure;
            }
            throw new IllegalStateException("a batch could not be loaded: " + e.getCause(), e);
        }
    }

    /** Returns the batch that the engine has read to the queue, and starts to fill all free batches. */
    private void release() {
        if (current != null) {
            free.add(current);
            current = null;
        }
        while (!free.isEmpty() && asked < batches.steps()) {
            BatchLoader.Batch batch = free.remove();
            int from = batches.from(asked);
            int to = batches.from(++asked);
            int[] images = order;
            IntFunction<? extends RandomGenerator> numbers = random;
            coming.add(threads.submit(() -> {
                batch.fill(images, from, to, numbers);
                return batch;
            }));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
