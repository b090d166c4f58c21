-- Sample universities for a shard of either sector: the caller says which, select load_sample('public'), so nothing here
-- names a shard. What looks random is drawn from a hash of a text, so every run gives the same rows.
create or replace function sample_draw(key text, below integer) returns integer
    language sql immutable strict parallel safe
    return ('x' || encode(substr(sha256(convert_to(key, 'UTF8')), 1, 3), 'hex'))::bit(24)::integer % below;

comment on function sample_draw(text, integer) is
    'A number from 0 to below - 1 that depends on the key alone. From sha256: other hashes may differ between versions.';

-- A word is drawn as often as it is repeated; family names have about the shares they have in Vietnam.
create or replace function sample_name(key text, gender text)
    returns table (lname text, mname text, fname text)
    language sql immutable parallel safe
as $$
    with words as (
        select string_to_array(
                   repeat('Nguyễn,', 38) || repeat('Trần,', 11) || repeat('Lê,', 9) || repeat('Phạm,', 7)
                       || repeat('Phan,', 4) || repeat('Hoàng,', 3) || repeat('Huỳnh,Vũ,Võ,Đặng,Bùi,Đỗ,', 2)
                       || 'Hồ,Ngô,Dương,Lý,Đinh,Trịnh,Đoàn,Mai,Trương,Lâm,Cao,Đào,Lương,Hà,Tô,Lưu', ',') as family,
               -- The empty word is no middle name.
               string_to_array(
                   case when gender = 'M'
                        then repeat('Văn,', 14) || repeat('Đức,Minh,Quang,Hữu,', 4)
                                 || repeat('Quốc,Gia,Hoàng,Anh,Thành,Tuấn,,', 2)
                                 || 'Công,Đình,Xuân,Thanh,Ngọc,Duy,Bảo,Trung,Nhật,Khánh,Tiến,Hải,Trọng,Thế,Mạnh,Phúc'
                        else repeat('Thị,', 15) || repeat('Ngọc,Thu,Thanh,Phương,', 4)
                                 || repeat('Minh,Khánh,Thùy,Thị Thu,,', 2)
                                 || 'Bảo,Hồng,Kim,Thảo,Quỳnh,Hà,Diệu,Mai,Hoài,Bích,Mỹ,Tú,Cẩm,Như,'
                                 || 'Thị Ngọc,Thị Thanh,Thị Phương'
                   end, ',') as middle,
               string_to_array(
                   case when gender = 'M'
                        then repeat('Anh,Minh,Huy,Đức,Nam,', 3)
                                 || repeat('Hùng,Dũng,Tuấn,Long,Hoàng,Bảo,Phúc,Hiếu,Đạt,', 2)
                                 || 'Khang,Khánh,Khoa,Quân,Thành,Trung,Kiên,Cường,Sơn,Tùng,Phong,Việt,Thắng,Duy,Tân,'
                                 || 'Lộc,Nghĩa,Thịnh,Nhân,Vinh,Hải,Tài,Trường,Quang,Thiện,Hưng,Lâm,Tú,Bình,Toàn,An,'
                                 || 'Luân,Khôi,Nguyên'
                        else repeat('Anh,Linh,Trang,Ngọc,Phương,', 3)
                                 || repeat('Huyền,Hương,Thảo,Hà,Nhi,Vy,Thư,Ngân,Mai,', 2)
                                 || 'Lan,Nhung,Yến,My,Trâm,Quỳnh,Châu,Giang,Hân,Hiền,Chi,Dung,Hằng,Nga,Oanh,Thủy,'
                                 || 'Trinh,Tú,Uyên,Vân,Như,Diễm,Ánh,Tiên,Duyên,Thúy,Hạnh,Loan,Thơ,Trúc,Đào,Hoa,An,Tâm'
                   end, ',') as given
    ), drawn as (
        select w.family[1 + sample_draw(key || ' family', cardinality(w.family))] as lname,
               w.middle[1 + sample_draw(key || ' middle', cardinality(w.middle))] as mname,
               w.given[1 + sample_draw(key || ' given', cardinality(w.given))] as fname
          from words w
    )
    select d.lname,
           case when d.mname not in (d.lname, d.fname) then d.mname
                when gender = 'M' then 'Văn'
                else 'Thị'
           end,
           d.fname
      from drawn d
$$;

comment on function sample_name(text, text) is 'The Vietnamese name of a man (M) or woman (F) that the key stands for.';

create or replace function load_sample(sector text) returns text
    language plpgsql
    set jit = off -- Without statistics the plans look worth compiling, which took half of the time.
as $$
declare
    -- Ids of both are common to all shards, so each sector has its own range.
    first_u_id constant integer := case sector when 'public' then 1 when 'private' then 11 end;
    first_ins_id constant integer := case sector when 'public' then 1 when 'private' then 1001 end;
begin
    if first_u_id is null then
        raise exception 'no sample for sector "%"', sector
            using errcode = 'invalid_parameter_value',
                  hint = 'Sectors are public and private.';
    end if;

    -- Two services may start at once: the second waits here, then sees the students of the first.
    lock table universities in share row exclusive mode;
    if exists (select from students) or exists (select from sections) then
        return 'This shard already has students or sections: nothing loaded.';
    end if;

    insert into universities (u_id, name, sector)
    select u.u_id, u.name, u.sector
      from (values (1, 'Đại học Bách khoa Hà Nội', 'public'),
                   (2, 'Đại học Kinh tế Quốc dân', 'public'),
                   (3, 'Trường Đại học Ngoại thương', 'public'),
                   (4, 'Trường Đại học Y Hà Nội', 'public'),
                   (5, 'Học viện Công nghệ Bưu chính Viễn thông', 'public'),
                   (6, 'Trường Đại học Sư phạm Hà Nội', 'public'),
                   (7, 'Đại học Huế', 'public'),
                   (8, 'Trường Đại học Bách khoa, Đại học Đà Nẵng', 'public'),
                   (9, 'Trường Đại học Bách khoa, Đại học Quốc gia Thành phố Hồ Chí Minh', 'public'),
                   (10, 'Đại học Cần Thơ', 'public'),
                   (11, 'Trường Đại học FPT', 'private'),
                   (12, 'Trường Đại học Thăng Long', 'private'),
                   (13, 'Đại học Phenikaa', 'private'),
                   (14, 'Trường Đại học VinUni', 'private'),
                   (15, 'Đại học Duy Tân', 'private'),
                   (16, 'Trường Đại học Văn Lang', 'private'),
                   (17, 'Trường Đại học Hoa Sen', 'private'),
                   (18, 'Trường Đại học Công nghệ Thành phố Hồ Chí Minh', 'private'),
                   (19, 'Trường Đại học Quốc tế Hồng Bàng', 'private'),
                   (20, 'Trường Đại học Lạc Hồng', 'private')) as u (u_id, name, sector)
     where u.sector = load_sample.sector
        on conflict do nothing;

    insert into courses (c_no, c_name, credits)
    values (1, 'Triết học Mác - Lênin', 3),
           (2, 'Giải tích 1', 4),
           (3, 'Đại số tuyến tính', 3),
           (4, 'Tiếng Anh 1', 3),
           (5, 'Tin học đại cương', 3),
           (6, 'Pháp luật đại cương', 2),
           (7, 'Xác suất thống kê', 3),
           (8, 'Vật lý đại cương 1', 3),
           (9, 'Kinh tế chính trị Mác - Lênin', 2),
           (10, 'Chủ nghĩa xã hội khoa học', 2),
           (11, 'Tư tưởng Hồ Chí Minh', 2),
           (12, 'Tiếng Anh 2', 3),
           (13, 'Lịch sử Đảng Cộng sản Việt Nam', 2),
           (14, 'Giải tích 2', 3),
           (15, 'Vật lý đại cương 2', 3),
           (16, 'Hóa học đại cương', 3),
           (17, 'Kinh tế vi mô', 3),
           (18, 'Kinh tế vĩ mô', 3),
           (19, 'Quản trị học', 3),
           (20, 'Phương pháp nghiên cứu khoa học', 2),
           (21, 'Nhập môn lập trình', 3),
           (22, 'Cấu trúc dữ liệu và giải thuật', 4),
           (23, 'Cơ sở dữ liệu', 3),
           (24, 'Hệ cơ sở dữ liệu phân tán', 3),
           (25, 'Hệ điều hành', 3),
           (26, 'Mạng máy tính', 3),
           (27, 'Lập trình hướng đối tượng', 3),
           (28, 'Công nghệ phần mềm', 3),
           (29, 'Trí tuệ nhân tạo', 3),
           (30, 'Học máy', 3),
           (31, 'An toàn và bảo mật thông tin', 3),
           (32, 'Toán rời rạc', 3),
           (33, 'Kiến trúc máy tính', 3),
           (34, 'Phát triển ứng dụng web', 3),
           (35, 'Kỹ thuật điện', 3),
           (36, 'Điện tử số', 3),
           (37, 'Xử lý tín hiệu số', 3),
           (38, 'Vẽ kỹ thuật', 2),
           (39, 'Cơ học kỹ thuật', 3),
           (40, 'Sức bền vật liệu', 3),
           (41, 'Nguyên lý kế toán', 3),
           (42, 'Kế toán tài chính', 3),
           (43, 'Tài chính doanh nghiệp', 3),
           (44, 'Marketing căn bản', 3),
           (45, 'Quản trị nguồn nhân lực', 3),
           (46, 'Thương mại điện tử', 3),
           (47, 'Luật kinh tế', 3),
           (48, 'Thanh toán quốc tế', 3),
           (49, 'Kinh tế lượng', 3),
           (50, 'Logistics và quản lý chuỗi cung ứng', 3),
           (51, 'Giải phẫu người', 4),
           (52, 'Sinh lý học', 3),
           (53, 'Dược lý học', 3),
           (54, 'Tâm lý học đại cương', 2),
           (55, 'Giáo dục học', 3),
           (56, 'Dẫn luận ngôn ngữ học', 3),
           (57, 'Cơ sở văn hóa Việt Nam', 2),
           (58, 'Tiếng Nhật 1', 3),
           (59, 'Nhập môn kỹ thuật môi trường', 2),
           (60, 'Khởi nghiệp và đổi mới sáng tạo', 2)
        on conflict do nothing;

    insert into instructors (ins_id, name)
    select first_ins_id + i,
           concat_ws(' ',
                     t.titles[1 + sample_draw(k.key || ' title', cardinality(t.titles))],
                     n.lname,
                     nullif(n.mname, ''),
                     n.fname)
      from (select string_to_array(repeat('TS.,ThS.,', 8) || repeat('PGS.TS.,', 3) || 'GS.TS.', ',') as titles) t
     cross join generate_series(0, 79) as i
     cross join lateral (select sector || ' instructor ' || i as key) k
     cross join lateral (select case when sample_draw(k.key || ' gender', 100) < 45 then 'F' else 'M' end as gender) g
     cross join lateral sample_name(k.key, g.gender) n
        on conflict do nothing;

    insert into students (u_id, col_id, dep_id, fname, mname, lname, st_address, gender, prog_degree, dob)
    select u.u_id,
           c.col_id,
           c.col_id * 10 + 1 + sample_draw(k.key || ' department', 4),
           n.fname,
           n.mname,
           n.lname,
           1 + sample_draw(k.key || ' house', 250)
               || ' ' || p.streets[1 + sample_draw(k.key || ' street', cardinality(p.streets))]
               || ', phường ' || p.wards[1 + sample_draw(k.key || ' ward', cardinality(p.wards))],
           g.gender,
           case when u.name like '%Đại học Y %' then 'Bác sĩ'
                when u.name ~ 'Bách khoa|Công nghệ|FPT' and sample_draw(k.key || ' degree', 100) < 70 then 'Kỹ sư'
                else 'Cử nhân'
           end,
           date '2003-01-01' + sample_draw(k.key || ' dob', date '2009-01-01' - date '2003-01-01')
      from (
        -- All 34 provinces, the large cities with more of their wards.
        select array['Lê Lợi', 'Trần Hưng Đạo', 'Nguyễn Huệ', 'Hai Bà Trưng', 'Quang Trung', 'Lý Thường Kiệt',
                     'Phan Chu Trinh', 'Hùng Vương', 'Ngô Quyền', 'Bà Triệu', 'Nguyễn Trãi', 'Lê Thánh Tông',
                     'Phan Đình Phùng', 'Trần Phú', 'Nguyễn Du', 'Điện Biên Phủ', 'Võ Thị Sáu', 'Hoàng Văn Thụ',
                     'Lê Hồng Phong', 'Nguyễn Thị Minh Khai'] as streets,
               array['Ba Đình, Hà Nội', 'Hoàn Kiếm, Hà Nội', 'Cầu Giấy, Hà Nội', 'Đống Đa, Hà Nội',
                     'Hai Bà Trưng, Hà Nội', 'Hà Đông, Hà Nội', 'Long Biên, Hà Nội', 'Thanh Xuân, Hà Nội',
                     'Sài Gòn, Thành phố Hồ Chí Minh', 'Bến Thành, Thành phố Hồ Chí Minh', 'Chợ Lớn, Thành phố Hồ Chí Minh',
                     'Gò Vấp, Thành phố Hồ Chí Minh', 'Bình Thạnh, Thành phố Hồ Chí Minh',
                     'Thủ Đức, Thành phố Hồ Chí Minh', 'Thủ Dầu Một, Thành phố Hồ Chí Minh',
                     'Vũng Tàu, Thành phố Hồ Chí Minh', 'Hải Châu, Đà Nẵng', 'Sơn Trà, Đà Nẵng', 'Hội An, Đà Nẵng',
                     'Hồng Bàng, Hải Phòng', 'Lê Chân, Hải Phòng', 'Hải Dương, Hải Phòng', 'Thuận Hóa, Huế',
                     'Phú Xuân, Huế', 'Ninh Kiều, Cần Thơ', 'Cái Răng, Cần Thơ', 'Thành Vinh, Nghệ An', 'Cửa Lò, Nghệ An',
                     'Hạc Thành, Thanh Hóa', 'Sầm Sơn, Thanh Hóa', 'Kinh Bắc, Bắc Ninh', 'Bắc Giang, Bắc Ninh',
                     'Hồng Gai, Quảng Ninh', 'Hoa Lư, Ninh Bình', 'Nam Định, Ninh Bình', 'Phố Hiến, Hưng Yên',
                     'Thái Bình, Hưng Yên', 'Việt Trì, Phú Thọ', 'Phan Đình Phùng, Thái Nguyên', 'Yên Bái, Lào Cai',
                     'Minh Xuân, Tuyên Quang', 'Thục Phán, Cao Bằng', 'Đông Kinh, Lạng Sơn', 'Tô Hiệu, Sơn La',
                     'Điện Biên Phủ, Điện Biên', 'Tân Phong, Lai Châu', 'Thành Sen, Hà Tĩnh', 'Đồng Hới, Quảng Trị',
                     'Đông Hà, Quảng Trị', 'Cẩm Thành, Quảng Ngãi', 'Quy Nhơn, Gia Lai', 'Pleiku, Gia Lai',
                     'Buôn Ma Thuột, Đắk Lắk', 'Nha Trang, Khánh Hòa', 'Xuân Hương - Đà Lạt, Lâm Đồng',
                     'Phan Thiết, Lâm Đồng', 'Trấn Biên, Đồng Nai', 'Long An, Tây Ninh', 'Mỹ Tho, Đồng Tháp',
                     'Cao Lãnh, Đồng Tháp', 'Long Châu, Vĩnh Long', 'Long Xuyên, An Giang', 'Rạch Giá, An Giang',
                     'An Xuyên, Cà Mau'] as wards
      ) p
     cross join generate_series(1, 2400) as i
     cross join lateral (select load_sample.sector || ' student ' || i as key) k
     cross join lateral (select case when sample_draw(k.key || ' gender', 100) < 52 then 'F' else 'M' end as gender) g
     cross join lateral sample_name(k.key, g.gender) n
      join universities u on u.u_id = first_u_id + sample_draw(k.key || ' university', 10)
     cross join lateral (select u.u_id * 10 + 1 + sample_draw(k.key || ' college', 5) as col_id) c
     order by i;

    -- A term has 100 sections. 0 to 39: one for each special course. 40 to 79: the twelve courses everybody takes, in
    -- pairs, eight of them with a second pair. 80 to 99: the general courses, shared with the other sector: their keys
    -- do not depend on the sector; the seats are this shard's allotment and the instructor is our own.
    -- 7 and 24 have no common divisor, so within a building (24 sections) no two meet at once. Sections 2k and 2k + 1
    -- sit in one room: pairs differ in time only. A second pair follows 24 sections later: same times, next building.
    insert into sections (year, semester, time, hall, c_no, ins_id, capacity)
    select t.year,
           t.semester,
           'T' || 2 + s.slot % 6 || ' ' || 1 + 3 * (s.slot / 6) || '-' || 3 + 3 * (s.slot / 6),
           case o.owner when 'public' then 'A' when 'private' then 'B' else 'C' end || 1 + n / 24
               || '-' || 101 + 100 * sample_draw(o.owner || t.year || ' floor ' || n / 2, 6)
                             + sample_draw(o.owner || t.year || ' room ' || n / 2, 12),
           case when n < 40 then 21 + n
                when n < 80 then 1 + (n - 40) / 2 % 12
                else n - 79
           end,
           -- A pair has one instructor, who is never in two rooms at once.
           first_ins_id + case when n < 40 then n
                               when n < 80 then 40 + (n - 40) / 2
                               else n - 20
                          end,
           case when n < 40 then 30 when n < 80 then 50 else 20 end
               + 5 * sample_draw(sector || t.year || ' capacity ' || n, 4)
      from (values (2025, 2), (2026, 1)) as t (year, semester)
     cross join generate_series(0, 99) as n
     cross join lateral (select case when n < 80 then sector else 'shared' end as owner) o
     cross join lateral (select 7 * (n + sample_draw(o.owner || t.year, 24)) % 24 as slot) s
        -- Shuffled by sector, so that a shared section has a different sec_no on each shard.
     order by t.year, sample_draw(sector || t.year || ' sec_no ' || n, 1000000), n;

    -- Last term 700 students born before 2008 took about four sections each and have their marks. This term a student
    -- has one section at most, ten sections are all but full and the others have a few registrations.
    with seats as (
        select s.sec_no,
               s.year = 2025 as ended,
               s.time,
               s.c_no,
               sector || ' seat ' || s.sec_no || ' ' || seat as key,
               row_number() over (partition by s.year order by s.sec_no, seat) as place
          from sections s
         cross join lateral (select sector || ' section ' || s.sec_no as key) k
         cross join lateral generate_series(
                   1,
                   case when s.year = 2025 then s.capacity * (60 + sample_draw(k.key || ' percent', 40)) / 100
                        when s.sec_no % 10 = 3 then s.capacity - 1 - sample_draw(k.key || ' left', 3)
                        else sample_draw(k.key || ' taken', 13)
                   end) as seat
    ), shuffled as (
        select st.stno,
               st.dob < '2008-01-01' as senior,
               row_number() over (order by d.draw, st.stno) as place,
               row_number() over (partition by st.dob < '2008-01-01' order by d.draw, st.stno) as place_by_age
          from students st
         cross join lateral (select sample_draw(sector || ' shuffle ' || st.stno, 1000000) as draw) d
    ), at_different_times as (
        select distinct on (st.stno, s.time) st.stno, s.sec_no, s.c_no
          from seats s
          join shuffled st on st.senior and st.place_by_age = 1 + sample_draw(s.key || ' student', 700)
         where s.ended
         order by st.stno, s.time, s.sec_no
    ), taken as (
        (select distinct on (d.stno, d.c_no) d.stno, d.sec_no, true as ended, timestamptz '2026-01-05 08:00+07' as opens
           from at_different_times d
          order by d.stno, d.c_no, d.sec_no)
          union all
         select st.stno, s.sec_no, false, timestamptz '2026-08-10 08:00+07'
           from seats s
           join shuffled st using (place)
          where not s.ended
    ), registered as (
        select t.stno,
               t.sec_no,
               -- Twelve days from 8:00 to 22:00, most students on the first days and, by the product, soon after eight;
               -- whoever has come registers for everything within minutes.
               t.opens
                   + interval '1 day' * least(sample_draw(k.visit || ' day', 12), sample_draw(k.visit || ' or day', 12))
                   + interval '1 second' * sample_draw(k.visit || ' hour', 224) * sample_draw(k.visit || ' rush', 224)
                   + interval '1 second' * (20 + sample_draw(k.visit || ' pace', 40))
                         * row_number() over (partition by t.stno, t.ended order by t.sec_no) as created_at,
               least(10, round(2 + 8.5 * (sample_draw(k.key || ' homework', 101)
                                              + sample_draw(k.key || ' midterm', 101)
                                              + sample_draw(k.key || ' final', 101)) / 300, 1)) as mark,
               t.ended,
               t.ended and sample_draw(k.key || ' status', 100) < 2 as withdrawn
          from taken t
         cross join lateral (select sector || ' visit ' || t.stno || t.ended as visit,
                                    sector || ' registration ' || t.stno || ' ' || t.sec_no as key) k
    )
    insert into registrations (stno, sec_no, created_at, mark, status)
    select r.stno,
           r.sec_no,
           r.created_at,
           case when r.ended and not r.withdrawn then r.mark end,
           case when r.withdrawn then 'withdrawn' else 'registered' end
      from registered r
     order by r.created_at, r.stno, r.sec_no;

    -- Every rule can be met: a registration period that lasts, and of the students with the greatest numbers one on hold, ten with
    -- less than a course left of their credits, and some who wait for a section that has become full.
    insert into registration_windows (year, semester, opens, closes, drop_until)
    values (2026, 1, '2026-08-10 08:00+07', 'infinity', 'infinity');

    update students set hold_reason = 'chưa đóng học phí' where stno = (select max(stno) from students);

    with near as (
        select r.stno, sum(c.credits) as held
          from registrations r
          join sections s using (sec_no)
          join courses c using (c_no)
         where s.year = 2026
           and r.stno < (select max(stno) from students)
         group by r.stno
         order by r.stno desc
         limit 10
    )
    update students st
       set credit_limit = n.held + 1
      from near n
     where st.stno = n.stno;

    with scarce as (
        select s.sec_no, s.capacity - s.enrolled as seats
          from sections s
         where s.year = 2026
           and s.enrolled < s.capacity
         order by s.capacity - s.enrolled, s.sec_no
         limit 1
    ), coming as (
        select f.stno, row_number() over (order by f.stno) as place
          from (select st.stno
                  from students st
                 where st.hold_reason is null
                   and not exists (
                       select
                         from registrations r
                         join sections s using (sec_no)
                        where r.stno = st.stno
                          and s.year = 2026)
                 order by st.stno desc
                 limit 8) f
    )
    insert into registrations (stno, sec_no, created_at, status)
    select c.stno,
           s.sec_no,
           timestamptz '2026-08-22 09:00+07' + interval '1 minute' * c.place,
           case when c.place <= s.seats then 'registered' else 'waiting' end
      from coming c
     cross join scarce s
     order by c.place;

    -- The first sync comes sooner than autovacuum.
    analyze students, sections, registrations;

    return format('Loaded the %s sample: %s universities, %s courses, %s instructors, %s students, %s sections and '
                      '%s registrations.',
                  sector,
                  (select count(*) from universities),
                  (select count(*) from courses),
                  (select count(*) from instructors),
                  (select count(*) from students),
                  (select count(*) from sections),
                  (select count(*) from registrations));
end
$$;

comment on function load_sample(text) is
    'Fills an empty shard with the sample of a sector, public or private, and says what it did. A shard in use stays as '
    'it is.';
