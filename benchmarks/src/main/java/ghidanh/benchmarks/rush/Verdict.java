package ghidanh.benchmarks.rush;

import ghidanh.benchmarks.load.Answers;
import ghidanh.benchmarks.load.LoadedShard;
import ghidanh.benchmarks.load.Pairs;
import ghidanh.benchmarks.load.Pairs.Pair;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a shard and its clients say of each other after a rush.
 *
 * @param registrations rows on the shard
 * @param seats sum of the seats taken
 * @param outboxRows written, the relay being off
 * @param oversold sections with more registrations than seats
 * @param accepted answers 201
 * @param acceptedAndMissing answers 201 whose registration is not on the shard under its number
 * @param acceptedTwice answers 201 for a pair that another 201 was given for
 * @param full answers 409
 * @param fullAndUntrue answers 409 that came before the section's last seat was taken
 */
record Verdict(
        long registrations,
        long seats,
        long outboxRows,
        long oversold,
        int accepted,
        int acceptedAndMissing,
        int acceptedTwice,
        int full,
        int fullAndUntrue) {

    static Verdict of(LoadedShard shard, Answers answers, Pairs pairs) throws SQLException {
        Map<Pair, Long> registrations = shard.registrations();
        Map<Integer, Long> fullSince = shard.fullSince();
        Set<Pair> seen = new HashSet<>();
        int missing = 0;
        int twice = 0;
        int untrue = 0;
        for (int i = 0; i < answers.size(); i++) {
            Pair pair = pairs.at(answers.place(i));
            if (answers.status(i) == Answers.CREATED) {
                Long regId = registrations.get(pair);
                missing += regId == null || regId != answers.regId(i) ? 1 : 0;
                twice += seen.add(pair) ? 0 : 1;
            } else if (answers.status(i) == Answers.FULL) {
                Long since = fullSince.get(pair.secNo());
                untrue += since == null || since > answers.receivedMicros(i) ? 1 : 0;
            }
        }
        return new Verdict(
                registrations.size(),
                shard.number("select sum(enrolled) from sections"),
                shard.number("select count(*) from outbox"),
                shard.number("""
                        select count(*)
                          from sections s
                         where greatest(enrolled,
                                        (select count(*) from registrations r where r.sec_no = s.sec_no)) > capacity
                        """),
                answers.count(Answers.CREATED),
                missing,
                twice,
                answers.count(Answers.FULL),
                untrue);
    }

    /** Whether nothing is wrong. A connection that was lost may have left a registration that nobody was told of. */
    boolean holds(int lost) {
        return seats == registrations
                && outboxRows == registrations
                && oversold == 0
                && acceptedAndMissing == 0
                && acceptedTwice == 0
                && fullAndUntrue == 0
                && accepted <= registrations
                && registrations <= accepted + lost;
    }

    String words() {
        return "%,d registrations, %,d seats taken, %,d outbox rows, %d sections oversold; %,d x 201, of them %d missing, %d twice; %,d x 409, of them %d untrue"
                .formatted(
                        registrations,
                        seats,
                        outboxRows,
                        oversold,
                        accepted,
                        acceptedAndMissing,
                        acceptedTwice,
                        full,
                        fullAndUntrue);
    }
}
