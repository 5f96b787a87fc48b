package io.catwalk.onnx.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.Predictor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Runs a classifier in an ONNX file with ONNX Runtime. Safe for use by many threads at once.
 *
 * <p>Images come as (count, channels, height, width) whatever the file takes: for one that takes channels last
 * they are reordered ({@link Layout}). All images of a call run as one batch. A file that accepts only one batch size gets its images in
 * batches of that size, the last one filled up with zeros whose answers are dropped. A file that takes
 * uint8 pixels gets them back from the normalized images, by the preprocessing in its metadata; without
 * that metadata the images are taken for pixels from 0 to 255 themselves.
 *
 * <p>Native memory is kept and used again: as much as the largest batch needs, once per call that ran at
 * the same time.
 */
public final class OnnxPredictor implements Predictor {

    private final Path file;
    private final Signature signature;
    private final Scores scores;
    private final OnnxMetadata metadata;
    private final Pixels pixels;
    private final OrtEnvironment environment;
    private final SessionOptions sessionOptions; // must outlive the session
    private final OrtSession session;
    private final Deque<Lane> idle = new ConcurrentLinkedDeque<>();
    private final ReadWriteLock lifetime = new ReentrantReadWriteLock(); // runs read, close writes
    private boolean closed;

    private OnnxPredictor(
            Path file, ModelFile model, OrtEnvironment environment, SessionOptions sessionOptions, OrtSession session) {
        this.file = file;
        this.signature = model.signature();
        this.scores = model.scores();
        this.metadata = model.metadata();
        this.pixels = Pixels.of(signature, metadata);
        this.environment = environment;
        this.sessionOptions = sessionOptions;
        this.session = session;
    }

    /**
     * Opens a file with all threads and all optimizations.
     *
     * @param file an ONNX file
     * @return the predictor, to be closed
     * @throws OnnxFileException if the file is missing, broken, dangerous, or no image classifier
     */
    public static OnnxPredictor open(Path file) {
        return open(file, OnnxOptions.standard());
    }

    /**
     * Opens a file that says all there is to know about its images and outputs.
     *
     * @param file an ONNX file
     * @param options how to run it
     * @return the predictor, to be closed
     * @throws OnnxFileException if the file is missing, broken, dangerous, or no image classifier
     */
    public static OnnxPredictor open(Path file, OnnxOptions options) {
        return open(file, options, OnnxHints.none());
    }

    /**
     * Opens a file. It is checked as a whole before ONNX Runtime sees it: format, operator set, one image
     * input, one output of logits, no NaN among the weights, no external data outside the file's folder.
     *
     * @param file an ONNX file
     * @param options how to run it
     * @param hints what the file leaves open: which output, which size of images
     * @return the predictor, to be closed
     * @throws OnnxFileException if the file is missing, broken, dangerous, or no image classifier
     */
    public static OnnxPredictor open(Path file, OnnxOptions options, OnnxHints hints) {
        ModelFile model = ModelFile.read(file, hints);
        OrtEnvironment environment = Environment.shared();
        SessionOptions sessionOptions = new SessionOptions();
        try {
            sessionOptions.setIntraOpNumThreads(options.threads());
            sessionOptions.setOptimizationLevel(options.optimization().level());
            // Every failure also arrives as an exception; the copy on the error stream is noise.
            sessionOptions.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            // The bytes that were checked are those that run. Weights beside the file need its path.
            OrtSession session = switch (model.external()) {
                case INSIDE -> environment.createSession(model.fields().bytes(), sessionOptions);
                case BESIDE -> environment.createSession(file.toRealPath().toString(), sessionOptions);
            };
            return new OnnxPredictor(file, model, environment, sessionOptions, session);
        } catch (OrtException e) {
            sessionOptions.close();
            throw new OnnxFileException(
                    file,
                    "a model that ONNX Runtime accepts",
                    reason(e),
                    "check it with onnx.checker or export it again",
                    e);
        } catch (IOException e) {
            sessionOptions.close();
            throw new OnnxFileException(file, "a model that stays in its place", e.toString(), "try again", e);
        } catch (RuntimeException | Error e) {
            sessionOptions.close();
            throw e;
        }
    }

    /**
     * Returns what the file takes and gives.
     *
     * @return names, types and sizes
     */
    public Signature signature() {
        return signature;
    }

    /**
     * Tells what the numbers are that {@link #logits} returns: a file of others may end with a softmax.
     *
     * @return logits, or probabilities already
     */
    public Scores scores() {
        return scores;
    }

    /**
     * Returns what the file says about itself.
     *
     * @return its metadata, empty if it has none
     */
    public OnnxMetadata metadata() {
        return metadata;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code images} does not hold exactly {@code count} images
     * @throws IllegalStateException if this predictor is closed
     * @throws OnnxFileException if ONNX Runtime cannot run the file
     */
    @Override
    public float[] logits(float[] images, int count) {
        if (count < 1 || images.length != (long) count * signature.imageSize()) {
            throw new IllegalArgumentException("expected " + count + " image(s), at least 1, of " + signature.channels()
                    + " x " + signature.height() + " x " + signature.width() + " numbers, found " + images.length
                    + " numbers");
        }
        lifetime.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the predictor of " + file + " is closed");
            }
            return run(images, count);
        } catch (OrtException e) {
            throw new OnnxFileException(
                    file, "a model that runs a batch of " + count, reason(e), "export it with a dynamic batch", e);
        } finally {
            lifetime.readLock().unlock();
        }
    }

    private float[] run(float[] images, int count) throws OrtException {
        int batch = signature.batch() == Signature.ANY_BATCH ? count : signature.batch();
        float[] logits = new float[Math.multiplyExact(count, signature.classes())];
        Lane lane = take(batch);
        try {
            for (int first = 0; first < count; first += batch) {
                lane.run(session, images, logits, first, Math.min(batch, count - first), batch);
            }
        } finally {
            idle.push(lane);
        }
        return logits;
    }

    /** Takes an idle lane, or makes one if there is none of this size. */
    private Lane take(int batch) {
        Lane lane = idle.poll();
        if (lane != null && lane.capacity() >= batch) {
            return lane;
        }
        if (lane != null) {
            lane.close();
        }
        return new Lane(environment, signature, pixels, batch);
    }

    /** Waits for the runs under way and frees all native memory; a second call does nothing. */
    @Override
    public void close() {
        lifetime.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                try {
                    idle.forEach(Lane::close);
                    session.close();
                } finally {
                    sessionOptions.close();
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime did not free the session of " + file, e);
        } finally {
            lifetime.writeLock().unlock();
        }
    }

    private static String reason(OrtException e) {
        String message = String.valueOf(e.getMessage());
        return "\"" + message.replaceFirst("^Error code - \\S+ - message: ", "") + "\"";
    }
}
