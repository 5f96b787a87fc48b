package io.catwalk.testkit.contract;

import io.catwalk.api.Classifier;
import io.catwalk.api.Support;
import io.catwalk.api.Task;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Checks of how a plugin describes itself. */
final class DescriptionChecks {

    static final List<Check> ALL = List.of(
            Check.of("name", "lower-case letters and digits with single dashes", DescriptionChecks::name),
            Check.of("tags", "the tags are always the same", DescriptionChecks::tags),
            Check.of("search-space", "the search space is always the same", DescriptionChecks::searchSpace),
            Check.of("supports", "a task is supported, or refused in words", DescriptionChecks::supports));

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /** Names are limited because they are part of folder names. */
    private static final int LONGEST_NAME = 64;

    private static final Pattern WORDS = Pattern.compile("\\S*\\p{L}{2}\\S* .{1,200}");

    /** Tasks from those that no network can solve to those that few can. */
    private static final List<Task> ANY = List.of(
            Task.of(1, 1, 1, 2),
            Task.of(1, 1, 500, 10),
            Task.of(1, 28, 28, 10),
            Task.of(2, 31, 33, 3),
            Task.of(3, 32, 32, 10),
            Task.of(3, 224, 224, 1_000),
            Task.of(4, 96, 64, 10),
            Task.of(3, 4_000, 3_000, 100_000));

    private DescriptionChecks() {}

    private static void name(Candidate candidate) {
        String name = candidate.classifier().name();
        BrokenPromise.unless(
                name != null
                        && name.length() <= LONGEST_NAME
                        && NAME.matcher(name).matches(),
                "expected lower-case letters, digits and single dashes, at most " + LONGEST_NAME
                        + " of them, but found '" + name + "'");
    }

    private static void tags(Candidate candidate) {
        Classifier classifier = candidate.classifier();
        requireSame("tags()", classifier.tags(), classifier.tags());
    }

    private static void searchSpace(Candidate candidate) {
        Classifier classifier = candidate.classifier();
        requireSame("searchSpace()", classifier.searchSpace(), classifier.searchSpace());
    }

    private static void supports(Candidate candidate) {
        for (Task task : ANY) {
            String question = "supports(" + task + ")";
            Support support =
                    requireAnswer(question, () -> candidate.classifier().supports(task));
            Support again = requireAnswer(question, () -> candidate.classifier().supports(task));
            requireSame(question, support.reason(), again.reason());
            support.reason()
                    .ifPresent(reason -> BrokenPromise.unless(
                            WORDS.matcher(reason).matches(),
                            "expected " + question + " to give its reason in one line of words, but found '" + reason
                                    + "'"));
        }
        candidate.task();
    }

    private static Support requireAnswer(String question, Supplier<Support> answer) {
        Support support;
        try {
            support = answer.get();
        } catch (RuntimeException | LinkageError e) {
            throw new BrokenPromise(question + " threw " + Lines.of(e) + ": return Support.no(reason) instead");
        }
        BrokenPromise.unless(support != null, question + " returned null");
        return support;
    }

    static void requireSame(String what, Object first, Object second) {
        BrokenPromise.unless(first != null, what + " returned null");
        BrokenPromise.unless(
                first.equals(second),
                "expected " + what + " to be the same each time, but found " + first + " and " + second);
    }
}
