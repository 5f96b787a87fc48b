package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decodes images on all cores while earlier ones are classified; only a few batches ahead. */
final class DecodedAhead implements AutoCloseable {

    private static final int BATCHES = 3;

    private final Iterator<Path> paths;
    private final Function<Path, float[]> decode;
    private final int batch;
    private final ExecutorService decoders;
    private final Deque<Future<Image>> ahead = new ArrayDeque<>();

    /** One image, or the reason why it could not be decoded. */
    @SuppressWarnings("ArrayRecordComponent")
    record Image(Path path, float[] pixels, @Nullable RequestException failure) {}

    /** Starts to decode, with many threads, into normalized pixels. */
    DecodedAhead(Iterator<Path> paths, Function<Path, float[]> decode, int batch) {
        this.paths = paths;
        this.decode = decode;
        this.batch = batch;
        this.decoders = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
            Thread thread = new Thread(task, "decoder");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns the next images, in order; empty after the last. */
    List<Image> next() throws InterruptedException {
        List<Image> images = new ArrayList<>();
        while (images.size() < batch) {
            while (ahead.size() < BATCHES * batch && paths.hasNext()) {
                Path path = paths.next();
                ahead.add(decoders.submit(() -> image(path)));
            }
            Future<Image> first = ahead.poll();
            if (first == null) {
                return images;
            }
            try {
                images.add(first.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return images;
    }

    private Image image(Path path) {
        try {
            return new Image(path, decode.apply(path), null);
        } catch (RequestException e) {
            return new Image(path, new float[0], e);
        }
    }

    @Override
    public void close() {
        decoders.shutdownNow();
    }
}
