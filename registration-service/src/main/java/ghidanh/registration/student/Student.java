package ghidanh.registration.student;

/**
 * A student as people tell them apart.
 *
 * @param shard where the student lives
 * @param stno the shard's number of the student
 * @param name in full, family name first
 * @param uId number of the university
 * @param university its name
 */
public record Student(String shard, int stno, String name, int uId, String university) {}
