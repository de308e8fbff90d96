create table broken (name nonsense);
