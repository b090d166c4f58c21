package ghidanh.servers;

/** Starts the servers that tests share, prints where the master's files are, and waits to be killed. */
final class HoldServers {

    private HoldServers() {}

    public static void main(String[] arguments) throws Exception {
        try (var connection = TestServers.shared().master().connect("postgres");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("show data_directory")) {
            rows.next();
            System.out.println(ParentProgram.READY + rows.getString(1));
        }
        Thread.currentThread().join();
    }
}
