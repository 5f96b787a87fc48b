package io.catwalk.runner.training;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.process.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes what networks can be trained on here. Neither PyTorch nor CUDA is started to find out: the environment says
 * which PyTorch replaces the packed one, and the driver which cards there are.
 *
 * @param cudaBuild whether that PyTorch can use CUDA
 * @param cards names of the graphics cards, in the order of the driver
 */
public record Accelerators(boolean cudaBuild, List<String> cards) {

    private static final Logger LOG = LoggerFactory.getLogger(Accelerators.class);

    /** How long the driver may take to respond. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The name for the best device that is available. */
    public static final String AUTO = "auto";

    /** Examines this machine; the driver is only queried if the result is needed. */
    public static Accelerators here() {
        boolean cuda = isCuda(System.getenv());
        return new Accelerators(
                cuda,
                cuda ? cards(List.of("nvidia-smi", "--query-gpu=name", "--format=csv,noheader"), PATIENCE) : List.of());
    }

    /**
     * Selects the device to train on: {@code cpu}, {@code cuda}, or {@code auto}, which is CUDA if it can be used.
     *
     * @throws RequestException if it is none of them, or cannot be used here
     */
    public ComputeDevice choose(String said) {
        return switch (said) {
            case AUTO -> cudaBuild && !cards.isEmpty() ? ComputeDevice.CUDA : ComputeDevice.CPU;
            case "cpu" -> ComputeDevice.CPU;
            case "cuda" -> required(ComputeDevice.CUDA);
            default -> throw new RequestException("--device must be auto, cpu or cuda, but is '" + said + "'");
        };
    }

    /** Refuses a device that cannot be used here, since it needs another build of PyTorch, or a card. */
    public ComputeDevice required(ComputeDevice device) {
        if (device == ComputeDevice.CUDA && !cudaBuild) {
            throw new RequestException("--device cuda needs a CUDA build of PyTorch, but found the CPU build: set"
                    + " PYTORCH_LIBRARY_PATH to the folder of one and PYTORCH_FLAVOR=cu128, or try --device cpu");
        }
        if (device == ComputeDevice.CUDA && cards.isEmpty()) {
            throw new RequestException("--device cuda needs an NVIDIA GPU, but nvidia-smi shows none: check the driver,"
                    + " or try --device cpu");
        }
        return device;
    }

    /** Returns the name of the graphics card that a trial was trained on; null for the processor. */
    public @Nullable String card(ComputeDevice device) {
        return device == ComputeDevice.CUDA && !cards.isEmpty() ? cards.get(0) : null;
    }

    /** Returns whether environment variables name a PyTorch for CUDA; the packed one is for the processor. */
    static boolean isCuda(Map<String, String> environment) {
        return !environment.getOrDefault("PYTORCH_LIBRARY_PATH", "").isEmpty()
                && environment.getOrDefault("PYTORCH_FLAVOR", "").startsWith("cu");
    }

    /** Returns the lines that a program prints; none if there is no such program, or it fails. */
    static List<String> cards(List<String> command, Duration patience) {
        try {
            ChildProcess.Ending ending = ChildProcess.program(command).run(patience);
            return ending.timedOut() || ending.exitCode() != 0
                    ? List.of()
                    : ending.out()
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList();
        } catch (IOException e) {
            LOG.debug("No {}", command.get(0), e);
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
