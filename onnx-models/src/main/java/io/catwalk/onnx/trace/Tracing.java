package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.trace.Rehearsal.Mode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Traces a block: at two batch sizes for the program, and then at many more, most of them without computing, to
 * be sure that the program is that of every batch and of every call.
 *
 * @param block the network
 * @param parameters where its weights are; empty for the block itself
 * @param sample shape of one sample, without the batch
 * @param primitives tells which signatures the operator table has
 */
public record Tracing(Block block, Optional<ParameterStore> parameters, Shape sample, Predicate<String> primitives) {

    // 2 and 5: halves, remainders and bounds between them lie on no line that Merge believes.
    private static final long SMALL_BATCH = 2;
    private static final long LARGE_BATCH = 5;

    /** Sizes to look at beside 1, most telling first: small ones, both sides of powers of two, large primes. */
    private static final long[] SIZES = {
        3, 7, 64, 251, 4, 8, 17, 33, 1009, 6, 16, 9, 10, 32, 128, 256, 12, 100, 11, 15, 20, 24, 31, 48, 63, 65, 127,
        129, 500, 512, 1000, 1024, 13, 14, 18, 25, 30, 40, 50, 96, 192, 200, 257, 300
    };

    private static final int FEWEST_SIZES = 6;
    private static final int STEPS_TO_REHEARSE = 1_500;
    private static final int MOST_REPETITIONS = 20;
    private static final long LARGEST_CONSTANTS = 64L << 20;
    private static final long LARGEST_TO_SEARCH = 300;

    /**
     * Traces for any batch size.
     *
     * @param <T> what is made of the program
     * @param writing makes something of the program, before it is known to be right for all batch sizes
     * @return what was made
     * @throws ExportException if control flow depends on the input or on the batch, forward changes from call to
     *     call, or an operation has no row
     */
    public <T> T forAnyBatch(Function<Program, T> writing) {
        return kept(() -> {
            Calls calls = new Calls(this);
            Calls.Recording small = calls.record(SMALL_BATCH, SMALL_BATCH);
            Program once = new Merge(SMALL_BATCH, SMALL_BATCH).program(small, small);
            calls.rehearse(once, SMALL_BATCH, SMALL_BATCH, Mode.DRY, false);
            try {
                Calls.Recording large = calls.record(SMALL_BATCH, LARGE_BATCH);
                Program program = new Merge(SMALL_BATCH, LARGE_BATCH).program(small, large);
                // An operation that cannot be written at all says so better than a batch that is refused.
                T written = writing.apply(program);
                calls.rehearse(program, SMALL_BATCH, 1, Mode.COMPUTED, true);
                rehearseSizes(calls, program);
                return written;
            } catch (ExportException e) {
                // What changes by chance looks as if the batch had changed it, and no fixed batch would help then.
                repeat(calls, once, SMALL_BATCH, MOST_REPETITIONS);
                throw e;
            }
        });
    }

    /**
     * Traces for one batch size.
     *
     * @param <T> what is made of the program
     * @param batch number of samples, at least 1
     * @param writing makes something of the program
     * @return what was made
     * @throws ExportException if control flow depends on the input, forward changes from call to call, or an
     *     operation has no row
     */
    public <T> T forBatch(long batch, Function<Program, T> writing) {
        return kept(() -> {
            Calls calls = new Calls(this);
            Calls.Recording only = calls.record(batch, batch);
            Program program = new Merge(batch, batch).program(only, only);
            calls.rehearse(program, batch, batch, Mode.DRY, false);
            repeat(calls, program, batch, Math.min(MOST_REPETITIONS, affordable(program)));
            return writing.apply(program);
        });
    }

    /** Works on the block, and leaves what it holds as it was. */
    private <T> T kept(Supplier<T> work) {
        Admission.check(block);
        BlockState before = BlockState.of(block);
        try {
            return work.get();
        } finally {
            before.restore();
        }
    }

    private static int affordable(Program program) {
        return Math.max(FEWEST_SIZES, STEPS_TO_REHEARSE / program.steps().size());
    }

    private static void repeat(Calls calls, Program program, long batch, int times) {
        for (int i = 0; i < times; i++) {
            calls.rehearse(program, batch, batch, Mode.DRY, true);
        }
    }

    private static void rehearseSizes(Calls calls, Program program) {
        List<Long> sizes = LongStream.of(SIZES)
                .boxed()
                .filter(size -> constants(program, size) <= LARGEST_CONSTANTS)
                .limit(affordable(program))
                .toList();
        for (long size : sizes) {
            try {
                calls.rehearse(program, SMALL_BATCH, size, Mode.DRY, true);
            } catch (ExportException e) {
                search(calls, program, size);
                throw e;
            }
        }
    }

    /** Looks for the smallest batch that differs, since it tells what the network compares with. */
    private static void search(Calls calls, Program program, long differs) {
        for (long size = 3; size < Math.min(differs, LARGEST_TO_SEARCH); size++) {
            calls.rehearse(program, SMALL_BATCH, size, Mode.DRY, true);
        }
    }

    private static long constants(Program program, long batch) {
        return program.steps().stream()
                .mapToLong(step -> Contents.size(step, batch))
                .sum();
    }
}
