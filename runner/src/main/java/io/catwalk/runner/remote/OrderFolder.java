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
 * Is a folder of orders for whoever carries them out. Each order is a file with a number, from 0 on, as the jobs of an array
 * have it. Beside it comes what was handed back; both are of one attempt, so that an earlier one that ends late writes
 * where nobody looks any more.
 *
 * @param path the folder
 */
public record OrderFolder(Path path) {

    private static final Pattern ORDER = Pattern.compile("(0|[1-9][0-9]{0,8})\\.json");

    /**
     * Makes a folder for the orders of a new run.
     *
     * @param path that is not there, or is empty
     * @return the folder
     * @throws RequestException if there is something in it, or it cannot be made
     */
    public static OrderFolder create(Path path) {
        try {
            Files.createDirectories(path);
            try (Stream<Path> all = Files.list(path)) {
                if (all.findAny().isPresent()) {
                    throw new RequestException("--orders must name a new or an empty folder, but there is something in "
                            + path + ": catwalk resume RUN --orders " + path + " goes on with the orders of a run");
                }
            }
            Files.createDirectories(new OrderFolder(path).supplies());
            return new OrderFolder(path);
        } catch (IOException e) {
            throw new RequestException(
                    "expected a folder that can be written, but " + path + " cannot (" + Reasons.of(e)
                            + "): choose another with --orders",
                    e);
        }
    }

    /**
     * Opens the folder of a run that goes on.
     *
     * @param path of it
     * @return the folder
     * @throws RequestException if it is none
     */
    public static OrderFolder open(Path path) {
        OrderFolder folder = new OrderFolder(path);
        if (!Files.isDirectory(folder.supplies())) {
            throw new RequestException("--orders must name the folder of orders that the run was begun with, but "
                    + path + " has no " + folder.supplies().getFileName());
        }
        return folder;
    }

    /** Returns where the files are that the orders name. */
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

    /**
     * Returns where it goes what comes of an order.
     *
     * @param order file of the order, whatever its name
     * @param attempt number of the attempt
     * @return a file beside it
     */
    public static Path delivery(Path order, int attempt) {
        return order.resolveSibling(name(order).replaceFirst("\\.json$", "") + ".outcome-" + attempt + ".zip");
    }

    /**
     * Returns where it stands who works on an order.
     *
     * @param delivery where it goes what comes of it
     * @param attempt number of the attempt
     * @return a file beside it
     */
    public static Path claim(Path delivery, int attempt) {
        String stem = name(delivery).replaceFirst("(\\.outcome-" + attempt + ")?\\.zip$", "");
        return delivery.resolveSibling(stem + ".started-" + attempt + ".json");
    }

    /**
     * Says who works on an order.
     *
     * @param place name of the machine
     * @param epoch the last one that ended; 0 before the first
     */
    public record Claim(String place, int epoch) {}

    /** Reads who works on an order; empty if nobody says so. */
    Optional<Claim> claimed(int number, int attempt) {
        Path file = claim(delivery(order(number), attempt), attempt);
        try {
            return Files.exists(file) ? Optional.of(Json.read(file, Claim.class, "a claim")) : Optional.empty();
        } catch (IOException | RequestException e) {
            return Optional.empty(); // it is being replaced, and says no more than who works
        }
    }

    /**
     * Writes numbers of orders as the arrays of a scheduler are written.
     *
     * @param numbers in rising order
     * @return such as {@code 0-3,7}
     */
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
