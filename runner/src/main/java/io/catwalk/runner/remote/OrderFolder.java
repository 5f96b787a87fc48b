package io.catwalk.runner.remote;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of orders for workers. Each order is a file with a number, from 0 on, like the jobs of an array. Its result
 * is written beside it. The name of the result contains the attempt, so that a worker of an earlier attempt that
 * finishes late overwrites nothing.
 *
 * @param path the folder
 */
public record OrderFolder(Path path) {

    private static final Pattern ORDER = Pattern.compile("(0|[1-9][0-9]{0,8})\\.json");

    /** Creates a folder for the orders of a new run. */
    public static OrderFolder create(Path path) {
        OrderFolder folder = unused(path);
        folder.make();
        return folder;
    }

    /** Checks the folder for the orders of a new run, which must be new or empty, and writes nothing. */
    public static OrderFolder unused(Path path) {
        if (Files.isDirectory(path)) {
            try (Stream<Path> all = Files.list(path)) {
                if (all.findAny().isPresent()) {
                    throw new RequestException("--orders must name a new or an empty folder, but " + path
                            + " is not empty: to continue its run, try catwalk resume RUN --orders " + path);
                }
            } catch (IOException e) {
                throw new RequestException(unwritable(path, Reasons.of(e)), e);
            }
        }
        Path there = path.toAbsolutePath();
        for (Path up = there.getParent(); up != null && !Files.exists(there); up = up.getParent()) {
            there = up;
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            String reason = there + (Files.isDirectory(there) ? " cannot be written" : " is no folder");
            throw new RequestException(unwritable(path, reason));
        }
        return new OrderFolder(path);
    }

    /** Creates the folder, unless it exists. */
    public void make() {
        try {
            Files.createDirectories(supplies());
        } catch (IOException e) {
            throw new RequestException(unwritable(path, Reasons.of(e)), e);
        }
    }

    private static String unwritable(Path path, String reason) {
        return "expected a folder that can be written, but " + path + " cannot (" + reason
                + "): choose another with --orders";
    }

    /** Opens the folder of a run that continues. */
    public static OrderFolder open(Path path) {
        OrderFolder folder = new OrderFolder(path);
        if (!Files.isDirectory(folder.supplies())) {
            throw new RequestException("--orders must name the folder of orders that the run was started with, but "
                    + path + " has no " + folder.supplies().getFileName());
        }
        return folder;
    }

    /** Returns the folder of the files that the orders name. */
    Path supplies() {
        return path.resolve("supplies");
    }

    /** Returns the file of an order. */
    Path order(int number) {
        return path.resolve(number + ".json");
    }

    void write(int number, TrialOrder order) throws IOException {
        AtomicFiles.write(order(number), Json.JSON.writeValueAsString(order));
    }

    /** Reads all orders, by their numbers. */
    SortedMap<Integer, TrialOrder> orders() throws IOException {
        SortedMap<Integer, TrialOrder> orders = new TreeMap<>();
        try (Stream<Path> all = Files.list(path)) {
            for (Path file : all.toList()) {
                Matcher name = ORDER.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    orders.put(
                            Integer.valueOf(name.group(1)), Json.read(file, TrialOrder.class, "the order of a trial"));
                }
            }
        }
        return orders;
    }

    /** Returns the file for the result of an order. */
    public static Path delivery(Path order, int attempt) {
        return order.resolveSibling(name(order).replaceFirst("\\.json$", "") + ".outcome-" + attempt + ".zip");
    }

    /** Returns the file that says who works on an order. */
    public static Path claim(Path delivery, int attempt) {
        String stem = name(delivery).replaceFirst("(\\.outcome-" + attempt + ")?\\.zip$", "");
        return delivery.resolveSibling(stem + ".started-" + attempt + ".json");
    }

    /**
     * Says which machine works on an order.
     *
     * @param place name of the machine
     * @param epoch the last one that was completed; 0 before the first
     */
    public record Claim(String place, int epoch) {}

    /** Reads which machine works on an order; empty if there is no claim. */
    Optional<Claim> claimed(int number, int attempt) {
        Path file = claim(delivery(order(number), attempt), attempt);
        try {
            return Files.isRegularFile(file) ? Optional.of(Json.read(file, Claim.class, "a claim")) : Optional.empty();
        } catch (IOException | RequestException e) {
            return Optional.empty(); // the file is being replaced; it is only information
        }
    }

    /** Formats numbers of orders like the arrays of a scheduler. */
    public static String ranges(SortedSet<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        int first = 0;
        Integer last = null;
        for (int number : numbers) {
            if (last == null || number != last + 1) {
                first = number;
                ranges.add(Integer.toString(number));
            } else {
                ranges.set(ranges.size() - 1, first + "-" + number);
            }
            last = number;
        }
        return String.join(",", ranges);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
