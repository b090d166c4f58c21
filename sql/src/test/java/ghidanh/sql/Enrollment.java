package ghidanh.sql;

import ghidanh.servers.PostgresServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A master and two attached shards, databases of a test's own, with rows as tests need them. */
final class Enrollment implements AutoCloseable {

    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String database = "enrollment_" + NEXT.incrementAndGet();
    private final List<Session> further = new ArrayList<>();
    private Session master;
    private final Map<String, Session> shards = new LinkedHashMap<>();

    Enrollment() {
        Servers.createDatabase(Servers.master(), database);
        master = openMaster();
        for (String name : Servers.SHARDS) {
            Servers.createDatabase(Servers.shard(name), database);
            Session shard = openShard(name);
            shard.execute("insert into universities values (?, ?, 'public')", university(name), "Đại học " + name);
            shard.execute("insert into courses values (1, 'Cơ sở dữ liệu', 3), (2, 'Mạng máy tính', 3)");
            shard.execute("insert into instructors values (1, 'Trần Văn An'), (2, 'Lê Thị Bình')");
            shards.put(name, shard);
            attach(name);
        }
    }

    static int university(String shard) {
        return shard.equals("5433") ? 1 : 11;
    }

    String attach(String name) {
        return attach(master, name);
    }

    String attach(Session from, String name) {
        PostgresServer shard = Servers.shard(name);
        return from.text(
                "select attach_shard(?, ?, ?, ?, ?, ?)",
                name,
                shard.fdwHost(),
                shard.fdwPort(),
                shard.user(),
                shard.password(),
                database);
    }

    String database() {
        return database;
    }

    Session master() {
        return master;
    }

    Session shard(String name) {
        Session shard = shards.get(name);
        if (shard == null) {
            throw new IllegalArgumentException("no shard " + name);
        }
        return shard;
    }

    /** After the master's server has died. */
    void reconnectMaster() {
        master = openMaster();
    }

    /** Opens a further session, which ends with this. */
    Session openMaster() {
        return remembered(Session.on(Servers.master(), database));
    }

    Session openShard(String name) {
        return remembered(Session.on(Servers.shard(name), database));
    }

    private synchronized Session remembered(Session session) {
        further.add(session);
        return session;
    }

    int student(String shard) {
        return students(shard, 1).get(0);
    }

    List<Integer> students(String shard, int count) {
        return shard(shard).rows("""
                        insert into students (u_id, lname, mname, fname)
                        select ?, 'Nguyễn', 'Thị', 'Ánh ' || i from generate_series(1, ?) as i
                        returning stno
                        """, university(shard), count).stream()
                .map(Integer::valueOf)
                .toList();
    }

    /** A section in a hall and a term of its own: it stands in the way of no other. */
    int section(String shard, int capacity) {
        int number = NEXT.incrementAndGet();
        return section(shard, number, "A" + number, capacity);
    }

    int section(String shard, String hall, int capacity) {
        return section(shard, 1, hall, capacity);
    }

    private int section(String shard, int semester, String hall, int capacity) {
        return (int) shard(shard).number("""
                insert into sections (year, semester, time, hall, c_no, ins_id, capacity)
                values (2026, ?, 'T2 1-3', ?, 1, 1, ?)
                returning sec_no
                """, semester, hall, capacity);
    }

    /** A row by plain SQL, as an old client writes it. */
    long register(String shard, int stno, int secNo) {
        return shard(shard)
                .number("insert into registrations (stno, sec_no) values (?, ?) returning reg_id", stno, secNo);
    }

    /** A registration of a new student, in a new section. */
    long registration(String shard) {
        return register(shard, student(shard), section(shard, 10));
    }

    /** Registrations of new students in one new section. */
    long[] registrations(String shard, int count) {
        int secNo = section(shard, count);
        students(shard, count);
        return shard(shard).rows("""
                        insert into registrations (stno, sec_no)
                        select s.stno, ? from students s order by s.stno desc limit ?
                        returning reg_id
                        """, secNo, count).stream()
                .mapToLong(Long::parseLong)
                .toArray();
    }

    /** What the consumer does with events of registrations, transaction (A): outcomes by number. */
    Map<Long, String> sync(String shard, long... regIds) {
        return sync(master, shard, regIds);
    }

    static Map<Long, String> sync(Session master, String shard, long... regIds) {
        Map<Long, String> outcomes = new LinkedHashMap<>();
        for (String row : master.rows(
                "select reg_id, outcome from sync_registrations_remapped(?, ?) order by reg_id", shard, regIds)) {
            String[] columns = row.split("\\|");
            outcomes.put(Long.valueOf(columns[0]), columns[1]);
        }
        return outcomes;
    }

    /** Transaction (B). */
    long mark(String shard, long... regIds) {
        return master.number("select mark_synced(?, ?)", shard, regIds);
    }

    /** The rows that a shard and the master show differently, which is none once everything is synced. */
    List<String> differences(String shard) {
        return master.rows("""
                select coalesce(f.reg_id, r.shard_reg_id), f.status, r.status, f.version, r.version
                  from registrations_:shard f
                  full join (select r.*, sm.shard_stno, cm.shard_sec_no
                               from registrations r
                               join students_map sm on sm.master_stno = r.stno and sm.shard_name = r.shard_name
                               join sections_map cm on cm.master_sec_no = r.sec_no and cm.shard_name = r.shard_name
                              where r.shard_name = ':shard') r on r.shard_reg_id = f.reg_id
                 where (f.stno, f.sec_no, f.created_at, f.mark, f.status, f.version)
                       is distinct from (r.shard_stno, r.shard_sec_no, r.created_at, r.mark, r.status, r.version)
                """.replace(":shard", shard));
    }

    /** Rows marked on the shard whose state the master does not show, which is none ever. */
    List<String> markedButAbsent(String shard) {
        return master.rows("""
                select f.reg_id
                  from registrations_:shard f
                  left join registrations r on r.shard_name = ':shard' and r.shard_reg_id = f.reg_id
                 where f.synced_at is not null
                   and r.version is distinct from f.version
                """.replace(":shard", shard));
    }

    /** Sections whose seats are miscounted or oversold, which is none ever. */
    List<String> wrongSeats(String shard) {
        return shard(shard).rows("""
                select s.sec_no, s.capacity, s.enrolled
                  from sections s
                 where s.enrolled > s.capacity
                    or s.enrolled <> (select count(*) from registrations r
                                       where r.sec_no = s.sec_no and r.status = 'registered')
                """);
    }

    @Override
    public void close() {
        further.forEach(Session::close);
        for (String name : Servers.SHARDS) {
            drop(Servers.shard(name));
        }
        drop(Servers.master());
    }

    private void drop(PostgresServer cluster) {
        try (Session session = Session.on(cluster, "postgres")) {
            session.execute("drop database if exists " + database + " with (force)");
        }
    }
}
