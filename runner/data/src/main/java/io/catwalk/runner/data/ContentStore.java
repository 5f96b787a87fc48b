package io.catwalk.runner.data;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk what takes time to make, once for all processes of this user: files and folders whose names begin with
 * a SHA-256. An entry appears complete or not at all. If two processes need the same one, one makes it and the other
 * waits. A killed process leaves at most a draft, which {@link #clear} deletes.
 *
 * <p>The variable {@value #LIMIT} limits the bytes of all kinds together: when an entry is added, those that were used
 * longest ago are deleted. What was used within an hour stays, since a process may be about to read it.
 */
public final class ContentStore {

    /** The environment variable with the most bytes that are kept, such as {@code 20GiB}. */
    public static final String LIMIT = "CATWALK_CACHE_LIMIT";

    private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KMGT]?)(I?B)?");
    private static final Duration IN_USE = Duration.ofHours(1);

    /** Ends the name of an entry that is being made. */
    private static final String DRAFT = ".part";

    private static final String LOCK = ".lock";

    public enum Kind {
        /** Decoded images, by the digest of their data set. */
        IMAGES(".images"),
        /** What networks made of images, by the digest of network, data set and preparation. */
        FEATURES(".features"),
        /** Inputs of trials that came from elsewhere, by their own digest. */
        FETCHED(""),
        /** What plugins contain, by the digest of their file. */
        INSPECTIONS(".json"),
        /** What is reached without a network, by the digests of images and split. */
        BASELINES(".json");

        private final String ending;

        Kind(String ending) {
            this.ending = ending;
        }

        /** Returns the name in lists. */
        public String title() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A file or a folder that is kept, or the draft of one, which was used last when it was written to. */
    public record Entry(Kind kind, Path path, long bytes, Instant lastUsed) {}

    @FunctionalInterface
    public interface Reader<T> {

        /** Returns the content; empty if there is none, or it is not as it should be. */
        Optional<T> read(Path entry) throws IOException;
    }

    @FunctionalInterface
    public interface Maker {

        /** Writes a file or a folder, which then becomes the entry. Nobody else uses this path. */
        void make(Path draft) throws IOException;
    }

    private final Kind kind;
    private final Path folder;
    private final long limit;

    /** Uses a folder, which is created when it is needed. */
    public ContentStore(Kind kind, Path folder) {
        this(kind, folder, limit(System.getenv().getOrDefault(LIMIT, "")));
    }

    ContentStore(Kind kind, Path folder, long limit) {
        this.kind = kind;
        this.folder = folder.toAbsolutePath().normalize();
        this.limit = limit;
    }

    /** Returns the store of this user. */
    public static ContentStore of(Kind kind) {
        return switch (kind) {
            case IMAGES -> new ContentStore(kind, ImageCache.standardFolder());
            case FEATURES -> new ContentStore(kind, ImageCache.standardFolder().resolve(ImageCache.FEATURES));
            case FETCHED -> new ContentStore(kind, ImageCache.standardFolder().resolve("depot"));
            case INSPECTIONS -> new ContentStore(kind, UserCache.chosen().resolve("plugins"));
            case BASELINES -> new ContentStore(kind, ImageCache.standardFolder().resolve("baselines"));
        };
    }

    static long limit(String text) {
        Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (size.matches()) {
            return Long.parseLong(size.group(1))
                    << (10 * " KMGT".indexOf(size.group(2).isEmpty() ? " " : size.group(2)));
        }
        if (!text.isBlank()) {
            throw new RequestException(
                    "expected a size such as 20GiB in the variable " + LIMIT + ", but found '" + text + "'");
        }
        return Long.MAX_VALUE;
    }

    public Path folder() {
        return folder;
    }

    /** Returns where an entry is, if it is kept. */
    public Path path(String key) {
        return folder.resolve(key + kind.ending);
    }

    /** Reads an entry, and makes it first if it cannot be read, or waits while another process makes it. */
    @SuppressWarnings("try") // the lock is held, not used
    public <T> T get(String key, Reader<T> reader, Maker maker, Runnable waiting)
            throws IOException, InterruptedException {
        Path entry = path(key);
        Optional<T> kept = reader.read(entry);
        if (kept.isEmpty()) {
            Path unused = UserCache.make(folder);
            try (ProcessLock lock = ProcessLock.take(lock(entry), waiting)) {
                kept = reader.read(entry);
                if (kept.isEmpty()) {
                    make(entry, maker);
                    kept = reader.read(entry);
                }
            }
            trim();
        }
        used(entry);
        return kept.orElseThrow(() -> new IOException(entry + " does not hold what was written to it"));
    }

    /** Does the same, tells when it waits, and says in one line why it cannot. */
    <T> T open(String key, Reader<T> reader, Maker maker, ImageCache.Listener listener) {
        Runnable waiting =
                () -> listener.waiting("waiting for the " + kind.title() + " that another process makes in " + folder);
        try {
            return get(key, reader, maker, waiting);
        } catch (InterruptedException e) {
            throw RequestException.stopped("waiting for " + kind.title() + " that another process makes", e);
        } catch (IOException | UncheckedIOException e) {
            throw unwritable(e);
        }
    }

    RequestException unwritable(Exception e) {
        return new RequestException(
                "expected a writable folder to keep " + kind.title() + " in, but " + folder + " is not ("
                        + Reasons.of(e) + "): name another with --cache DIR, or with the variable "
                        + UserCache.VARIABLE,
                e);
    }

    private void make(Path entry, Maker maker) throws IOException {
        Path draft = draft(entry); // only ours, since the lock is held
        Scratch.delete(draft);
        try {
            maker.make(draft);
            if (Files.isDirectory(draft)) {
                Files.move(draft, entry, StandardCopyOption.ATOMIC_MOVE);
            } else {
                AtomicFiles.publish(draft, entry);
            }
        } finally {
            Scratch.delete(draft);
        }
    }

    /** Keeps a file that is made without a lock; an older one is replaced. */
    public void put(String key, String content) throws IOException {
        Path unused = UserCache.make(folder);
        AtomicFiles.write(path(key), content);
        trim();
    }

    /** Remembers that an entry is used now. */
    public void used(Path entry) {
        try {
            Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.debug("{} does not tell when it was used", entry, e); // it may belong to another user
        }
    }

    private String key(Path path) {
        String name = path.getFileName().toString();
        String ending = name.endsWith(DRAFT) ? DRAFT : kind.ending;
        return name.substring(0, name.length() - ending.length());
    }

    private Path draft(Path path) {
        return folder.resolve(key(path) + DRAFT);
    }

    private Path lock(Path path) {
        return folder.resolve(key(path) + LOCK);
    }

    /** Lists what is kept, by name. */
    public List<Entry> entries() throws IOException {
        return those(name -> name.endsWith(kind.ending) && !name.endsWith(DRAFT));
    }

    /** Lists what stopped processes have left unfinished; what is being made is not among it. */
    public List<Entry> unfinished() throws IOException {
        List<Entry> unfinished = new ArrayList<>();
        if (Files.isWritable(folder)) { // otherwise a lock could not be taken, and nothing could be deleted
            for (Entry draft : those(name -> name.endsWith(DRAFT))) {
                try (ProcessLock lock = ProcessLock.tryTake(lock(draft.path()))) {
                    if (lock != null && Files.exists(draft.path())) { // it may have been finished meanwhile
                        unfinished.add(draft);
                    }
                }
            }
        }
        return unfinished;
    }

    private List<Entry> those(Predicate<String> wanted) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> paths;
        try (Stream<Path> all = Files.list(folder)) {
            paths = all.filter(path -> {
                        String name = path.getFileName().toString();
                        return name.matches("[0-9a-f]{64}.*") && !name.endsWith(LOCK) && wanted.test(name);
                    })
                    .sorted()
                    .toList();
        }
        List<Entry> entries = new ArrayList<>();
        for (Path path : paths) {
            try {
                Instant used = Files.getLastModifiedTime(path).toInstant();
                entries.add(new Entry(kind, path, bytes(path), used));
            } catch (NoSuchFileException e) {
                LOG.debug("{} was deleted meanwhile", path, e);
            }
        }
        return entries;
    }

    private static long bytes(Path path) throws IOException {
        long bytes = 0;
        try (Stream<Path> all = Files.walk(path)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** Deletes what is kept, and what stopped processes left unfinished; a process that uses an entry continues. */
    public long clear() throws IOException {
        long bytes = 0;
        for (List<Entry> some : List.of(entries(), unfinished())) {
            for (Entry entry : some) {
                bytes += delete(entry.path()) ? entry.bytes() : 0;
            }
        }
        return bytes;
    }

    /** Deletes an entry or a draft, unless a process is making it. */
    private boolean delete(Path path) throws IOException {
        if (!Files.isDirectory(path) && !path.equals(draft(path))) {
            return Files.deleteIfExists(path);
        }
        try (ProcessLock lock = ProcessLock.tryTake(lock(path))) {
            if (lock == null || !Files.exists(path)) {
                return false;
            }
            Path draft = draft(path);
            if (!path.equals(draft)) { // whoever is stopped while it deletes a folder must not leave a part of it
                Scratch.delete(draft);
                Files.move(path, draft, StandardCopyOption.ATOMIC_MOVE);
            }
            Scratch.delete(draft);
            return true;
        }
    }

    /** What cannot be deleted stays: that is no reason not to use what was made. */
    private void trim() {
        if (limit == Long.MAX_VALUE) {
            return;
        }
        try {
            deleteUnused();
        } catch (IOException e) {
            LOG.info("More than {} bytes are kept", limit, e);
        }
    }

    private void deleteUnused() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Kind one : Kind.values()) {
            entries.addAll(store(one).entries());
        }
        entries.sort(Comparator.comparing(Entry::lastUsed));
        long bytes = entries.stream().mapToLong(Entry::bytes).sum();
        Instant unused = Instant.now().minus(IN_USE);
        for (Entry entry : entries) {
            if (bytes > limit
                    && entry.lastUsed().isBefore(unused)
                    && store(entry.kind()).delete(entry.path())) {
                LOG.info("{} was deleted, since {} is {} bytes", entry.path(), LIMIT, limit);
                bytes -= entry.bytes();
            }
        }
    }

    private ContentStore store(Kind one) {
        return one == kind ? this : of(one);
    }
}
