package io.catwalk.runner.trial;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the names of classifiers and variants, which become names of folders, wherever they come from: an
 * experiment file, a plugin, or the files of somebody else's run.
 */
public final class TrialName {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*");
    private static final int LONGEST = 96;

    private TrialName() {}

    /**
     * Checks a name.
     *
     * @param what it names, {@code classifier} or {@code variant}
     * @param name as it was found
     * @return the same
     * @throws RequestException if it is not valid as a folder name on every system
     */
    public static String checked(String what, @Nullable String name) {
        if (name == null || name.length() > LONGEST || !NAME.matcher(name).matches()) {
            throw new RequestException(what + " must be at most " + LONGEST
                    + " letters (a to z), digits and single ., _, + and - between them, to name a folder, but is "
                    + (name == null ? "missing" : Reasons.quoted(name)) + "; try wide-2");
        }
        return name;
    }
}
