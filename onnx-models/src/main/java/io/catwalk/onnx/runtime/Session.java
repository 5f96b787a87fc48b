package io.catwalk.onnx.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.catwalk.onnx.OnnxFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** Holds a file that ONNX Runtime has opened, runs it for many threads at once, and frees it after the last run. */
final class Session implements AutoCloseable {

    private final Path file;
    private final OrtEnvironment environment;
    private final SessionOptions options; // must outlive the session
    private final OrtSession session;
    private final ReadWriteLock lifetime = new ReentrantReadWriteLock(); // shared by runs, exclusive to close
    private boolean closed;

    /** Uses an open file. */
    interface Run<T> {
        T on(OrtSession session, OrtEnvironment environment) throws OrtException;
    }

    private Session(Path file, OrtEnvironment environment, SessionOptions options, OrtSession session) {
        this.file = file;
        this.environment = environment;
        this.options = options;
        this.session = session;
    }

    static Session open(ModelFile model, OnnxOptions chosen) {
        Path file = model.file();
        OrtEnvironment environment = Environment.shared();
        SessionOptions options = new SessionOptions();
        OnnxRuntime.begin();
        try {
            options.setIntraOpNumThreads(chosen.threads());
            options.setOptimizationLevel(level(chosen.optimization()));
            options.setMemoryPatternOptimization(chosen.memoryPattern());
            options.addConfigEntry("session.intra_op.allow_spinning", chosen.spinning() ? "1" : "0");
            // Every failure also arrives as an exception; the copy on the error stream is noise.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            // The bytes that were checked are those that run. Weights beside the file need its path.
            OrtSession session = switch (model.external()) {
                case INSIDE -> environment.createSession(model.fields().bytes(), options);
                case BESIDE -> environment.createSession(file.toRealPath().toString(), options);
            };
            return new Session(file, environment, options, session);
        } catch (OrtException e) {
            options.close();
            throw new OnnxFileException(
                    file,
                    "a model that ONNX Runtime accepts",
                    reason(e),
                    "check it with onnx.checker or export it again",
                    e);
        } catch (IOException e) {
            options.close();
            throw new OnnxFileException(file, "a model that is not moved while it opens", e.toString(), "try again", e);
        } catch (RuntimeException | Error e) {
            options.close();
            throw e;
        } finally {
            OnnxRuntime.end();
        }
    }

    private static OptLevel level(OptimizationLevel chosen) {
        return switch (chosen) {
            case NONE -> OptLevel.NO_OPT;
            case BASIC -> OptLevel.BASIC_OPT;
            case EXTENDED -> OptLevel.EXTENDED_OPT;
            case LAYOUT -> OptLevel.LAYOUT_OPT;
            case ALL -> OptLevel.ALL_OPT;
        };
    }

    /**
     * Runs the file.
     *
     * @param remedy what to try if ONNX Runtime cannot run the file
     */
    <T> T run(String what, String remedy, Run<T> run) {
        lifetime.readLock().lock();
        OnnxRuntime.begin();
        try {
            if (closed) {
                throw new IllegalStateException("the session of " + file + " is closed");
            }
            return run.on(session, environment);
        } catch (OrtException e) {
            throw new OnnxFileException(file, "a model that runs " + what, reason(e), remedy, e);
        } finally {
            OnnxRuntime.end();
            lifetime.readLock().unlock();
        }
    }

    /** Waits for all runs in progress and frees the session; a second call does nothing. */
    @Override
    public void close() {
        close(() -> {});
    }

    /** Frees something else before the session. */
    void close(Runnable first) {
        lifetime.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                try {
                    first.run();
                    session.close();
                } finally {
                    options.close();
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

    /**
     * Holds the environment of ONNX Runtime; a process has one.
     *
     * <p>ONNX Runtime 1.29 reads the command line of the process when it starts, with a recursion that uses about 250 bytes
     * of stack per character: on the usual stack of 1 MiB, a class path of 5,000 characters ends the process with a
     * segmentation fault. Therefore it is started on a thread whose stack is large enough for any realistic command line.
     */
    private static final class Environment {

        /** Address space, not memory: the operating system provides memory only as far as the stack grows. */
        private static final long STACK_BYTES = 64 << 20;

        private static @Nullable OrtEnvironment shared;

        private Environment() {}

        /** Returns the environment; the first call starts ONNX Runtime. */
        static synchronized OrtEnvironment shared() {
            if (shared == null) {
                shared = CompletableFuture.supplyAsync(
                                Environment::start,
                                start -> new Thread(null, start, "start-onnx-runtime", STACK_BYTES).start())
                        .join();
            }
            return shared;
        }

        /**
         * Starts ONNX Runtime and turns off its telemetry, which would send the metadata of every model to its vendor. Its
         * first event, about the process, and a file with an identifier of the machine are created before any call is
         * possible: only the environment variable {@code ORT_DISABLE_TELEMETRY=1} prevents both.
         */
        private static OrtEnvironment start() {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try {
                environment.setTelemetry(false);
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime did not turn its telemetry off", e);
            }
            return environment;
        }
    }
}
