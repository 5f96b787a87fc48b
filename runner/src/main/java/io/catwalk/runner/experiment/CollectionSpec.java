package io.catwalk.runner.experiment;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Requests one experiment on several data sets, as {@code collection.yaml} shows it.
 *
 * @param schema version of this format
 * @param members the data sets, at least two, each with the folder of its run
 */
public record CollectionSpec(int schema, List<Member> members) {

    /** The version of the format that this program writes. */
    public static final int SCHEMA = 1;

    /** Length of the longest name of a folder. */
    private static final int LONGEST = 80;

    /** Copies the list, and checks that the folders stay inside the collection. */
    public CollectionSpec {
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new RequestException("members must have at least two data sets, but has none");
        }
        for (Member member : members) {
            if (!folder(member.folder()).equals(member.folder())) {
                throw new RequestException("expected the name of a folder, but found '" + member.folder() + "'");
            }
        }
    }

    /**
     * Names a data set of the collection, and its experiment. The experiments are the same except for recipes, where
     * classifiers are trained in another way on other images.
     *
     * @param folder of its run, in the folder of the collection
     * @param experiment an ordinary request
     */
    public record Member(String folder, ExperimentSpec experiment) {}

    /** Returns the part of the request that the data sets share. */
    public ExperimentSpec first() {
        return members.get(0).experiment();
    }

    /** Collects the members of a collection one after the other, while their images are loaded. */
    public static final class Gathering {

        private final List<Member> members = new ArrayList<>();
        private final Set<String> folders = new HashSet<>();
        private final Set<String> contents = new HashSet<>();

        /**
         * Adds a data set under its name, followed by a number if another one has the same name.
         *
         * @throws RequestException if an earlier one has the same content, since it would count twice
         */
        public void add(ExperimentSpec spec, ImageDataset images) {
            if (!contents.add(images.sha256())) {
                throw new RequestException("expected different data sets, but the images of "
                        + spec.dataset().name() + " are there twice: leave one out");
            }
            String name = folder(images.name());
            String free = name;
            for (int number = 2; !folders.add(free.toLowerCase(Locale.ROOT)); number++) {
                String suffix = "-" + number;
                free = cut(name, LONGEST - suffix.length()) + suffix;
            }
            members.add(new Member(free, spec));
        }

        /** Returns the data sets so far, in the order in which they were added. */
        public List<Member> members() {
            return List.copyOf(members);
        }
    }

    /** Makes a name that is valid for a folder on any system, and that no file of the collection has. */
    private static String folder(String name) {
        String safe = name.replaceAll("[^\\p{L}\\p{N}._-]+", "-").replaceAll("^[.-]+|[.-]+$", "");
        if (safe.isEmpty() || CollectionFolder.isOwnFile(safe)) {
            return "images" + (safe.isEmpty() ? "" : "-" + safe);
        }
        return cut(safe, LONGEST);
    }

    private static String cut(String name, int longest) {
        return name.length() > longest ? name.substring(0, longest).replaceAll("[.-]+$", "") : name;
    }
}
